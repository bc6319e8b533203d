package dev.sextant.world;

/// The disk did not do what it was asked.
public sealed class DiskFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String path;

    DiskFailure(String path, String message, Throwable cause) {
        super(path + ": " + message, cause);
        this.path = path;
    }

    public String path() {
        return path;
    }

    public static final class NoSpace extends DiskFailure {
        private static final long serialVersionUID = 1L;

        public NoSpace(String path, Throwable cause) {
            super(path, "no space left", cause);
        }
    }

    public static final class ReadOnly extends DiskFailure {
        private static final long serialVersionUID = 1L;

        public ReadOnly(String path, Throwable cause) {
            super(path, "the disk takes no writes", cause);
        }
    }

    public static final class NotFound extends DiskFailure {
        private static final long serialVersionUID = 1L;

        public NotFound(String path) {
            super(path, "no such file", null);
        }
    }

    public static final class Exists extends DiskFailure {
        private static final long serialVersionUID = 1L;

        public Exists(String path) {
            super(path, "exists already", null);
        }
    }

    public static final class Locked extends DiskFailure {
        private static final long serialVersionUID = 1L;

        public Locked(String path, String holder) {
            super(
                    path,
                    "another process has this directory open" + (holder.isEmpty() ? "" : " (" + holder + ")")
                            + ": end it, or take another directory",
                    null);
        }
    }

    /// The file ended before the read did.
    public static final class Ended extends DiskFailure {
        private static final long serialVersionUID = 1L;

        public Ended(String path, long wanted, long size) {
            super(path, "ends at " + size + ", read to " + wanted, null);
        }
    }

    public static final class Other extends DiskFailure {
        private static final long serialVersionUID = 1L;

        public Other(String path, Throwable cause) {
            super(path, String.valueOf(cause.getMessage()), cause);
        }
    }
}
