package dev.sextant.example;

import dev.sextant.database.Sextant;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define.CreateCollection;
import dev.sextant.model.Define.CreateIndex;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Operate.Load;
import dev.sextant.model.Read.Search;
import dev.sextant.model.Rows;
import dev.sextant.model.VectorType;
import dev.sextant.model.Write.Insert;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Sextant inside a Java program: a directory, no server, no port.
public final class Bookshop {
    private Bookshop() {}

    public static void main(String[] arguments) {
        System.out.println(affordableNear(Path.of(arguments[0]), 0.9f, 0.1f));
    }

    /// The titles of the two cheap books nearest to a point of taste: (crime, romance).
    public static List<String> affordableNear(Path directory, float crime, float romance) {
        try (var db = Sextant.open(directory)) {
            var me = Call.local();
            db.execute(
                    me,
                    CreateCollection.of(
                            "books",
                            Field.of("id", Primitive.INT64, Field.Trait.PRIMARY_KEY),
                            Field.of("title", new FieldType.Varchar(200)),
                            Field.of("price", Primitive.FLOAT),
                            Field.of("taste", new FieldType.Vector(VectorType.FLOAT32, 2))));
            db.execute(
                    me, new CreateIndex("books", "taste", "", Map.of("index_type", "HNSW", "metric_type", "COSINE")));
            db.execute(me, Load.of("books"));

            db.execute(
                    me,
                    Insert.of(
                            "books",
                            Rows.of(4)
                                    .with("id", Column.longs(1, 2, 3, 4))
                                    .with(
                                            "title",
                                            Column.texts(List.of("The Long Goodbye", "Emma", "Rebecca", "Gaudy Night")))
                                    .with("price", Column.floats(12, 8, 10, 30))
                                    .with(
                                            "taste",
                                            Column.Dense.of(2, new float[] {1f, 0f, 0f, 1f, 0.6f, 0.6f, 0.9f, 0.4f}))
                                    .build()));

            var hits = db.execute(
                    me,
                    Search.of("books", "taste", Column.Dense.of(2, new float[] {crime, romance}), 2, "title")
                            .where(Sextant.filter("price < 20")));
            var titles = new ArrayList<String>();
            if (hits.outputs().column("title").orElseThrow() instanceof Column.Texts(var texts, _))
                for (int i = 0; i < texts.count(); i++) titles.add(texts.text(i));
            return titles;
        }
    }
}
