package dev.sextant.transfer.cell;

/// A value that its field cannot take. Says why; where it stands is known to whoever reads the file.
public final class Unfit extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Unfit(String why) {
        super(why, null, false, false);
    }
}
