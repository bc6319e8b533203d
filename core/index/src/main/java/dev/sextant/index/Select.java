package dev.sextant.index;

/// The nth largest of some numbers, without sorting them all.
final class Select {
    private Select() {}

    /// The `nth` largest (from 1) of the first `count` values, which stay as they are; `room` holds as many.
    static int largest(int[] values, int count, int nth, int[] room) {
        System.arraycopy(values, 0, room, 0, count);
        int low = 0, high = count - 1, wanted = nth - 1;
        while (low < high) {
            int pivot = room[low + high >>> 1], i = low, j = high;
            while (i <= j) {
                while (room[i] > pivot) i++;
                while (room[j] < pivot) j--;
                if (i > j) break;
                int swap = room[i];
                room[i++] = room[j];
                room[j--] = swap;
            }
            if (wanted <= j) high = j;
            else if (wanted >= i) low = i;
            else return pivot;
        }
        return room[low];
    }
}
