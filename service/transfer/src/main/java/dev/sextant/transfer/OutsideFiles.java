package dev.sextant.transfer;

import dev.sextant.database.RowFiles;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.transfer.cell.Unreadable;
import dev.sextant.transfer.read.Kind;
import dev.sextant.transfer.read.Readers;
import dev.sextant.transfer.source.Trove;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// Files of somebody else, all of one kind.
final class OutsideFiles implements RowFiles.Outside {
    private final Kind kind;
    private final Trove trove;
    private final List<RowFiles.Found> files;
    private final Runnable end;

    /// Throws [Refused], having ended, when the trove holds what it must not.
    ///
    /// @param end closes the trove
    OutsideFiles(RowFiles.Place place, Kind kind, Trove trove, int most, Runnable end) {
        this.kind = kind;
        this.trove = trove;
        this.end = end;
        try {
            files = trove.files(most);
            if (files.size() > most) throw refused("", "more than " + most + " files lie at '" + place.source() + "'");
            for (var file : files)
                if (!kind.fits(file.name()))
                    throw refused(
                            file.name(),
                            "it is no " + place.format() + " file by the end of its name; what is none must begin with"
                                    + " '_' or '.', or lie elsewhere");
        } catch (IOException why) {
            end.run();
            throw refused("", "cannot list '" + place.source() + "': " + Unreadable.reason(why));
        } catch (RuntimeException why) {
            end.run();
            throw why;
        }
    }

    static Refused refused(String file, String why) {
        return new Refused(new Refusal.NotImportable(file, -1, why));
    }

    @Override
    public List<RowFiles.Found> files() {
        return files;
    }

    @Override
    public RowFiles.Batches open(RowFiles.Found file, Schema schema, long memoryBytes) {
        try {
            var source = trove.open(file).orElseThrow(() -> refused(file.name(), "it is not there any more"));
            return Readers.open(kind, List.of(source), schema, Map.of(), true, memoryBytes);
        } catch (IOException why) {
            throw refused(file.name(), Unreadable.reason(why));
        }
    }

    @Override
    public void cancel() {
        trove.ending();
    }

    @Override
    public void close() {
        end.run();
    }
}
