package dev.sextant.format;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.ImportOrderer;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.RemoveUnusedImports;
import com.sun.source.tree.AnyPatternTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// ~0~
final class Layout {
    /// ~1~
    private static final String STAND_IN = "$" + " _";

    private static final Formatter FORMATTER = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .build());

    private Layout() {}

    static String of(String source) throws FormatterException {
        if (source.contains(STAND_IN)) {
            throw new FormatterException("a source may not hold '" + STAND_IN + "': it is the formatter's own mark");
        }
        var tidied = ImportOrderer.reorderImports(
                RemoveUnusedImports.removeUnusedImports(hideAnyPatterns(source)), JavaFormatterOptions.Style.PALANTIR);
        var comments = new ArrayList<String>();
        var code = FORMATTER.formatSource(Prose.hidden(tidied, comments));
        return Prose.filled(Prose.shown(code, comments).replace(STAND_IN, "_"));
    }

    private static String hideAnyPatterns(String source) {
        if (!source.contains("_")) {
            return source;
        }
        var hidden = new StringBuilder(source);
        for (int start : anyPatterns(source).descendingSet()) {
            hidden.replace(start, start + 1, STAND_IN);
        }
        return hidden.toString();
    }

    private static TreeSet<Integer> anyPatterns(String source) {
        var starts = new TreeSet<Integer>();
        var task = (JavacTask) ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, _ -> {}, List.of("-proc:none"), null, List.of(new Text(source)));
        var positions = Trees.instance(task).getSourcePositions();
        try {
            for (CompilationUnitTree unit : task.parse()) {
                unit.accept(
                        new TreeScanner<Void, Void>() {
                            @Override
                            public Void visitAnyPattern(AnyPatternTree pattern, Void nothing) {
                                // javac 25 gives the place of the token that follows.
                                int near = (int) positions.getStartPosition(unit, pattern);
                                starts.add(source.lastIndexOf('_', near));
                                return super.visitAnyPattern(pattern, nothing);
                            }
                        },
                        null);
            }
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
        return starts;
    }

    private static final class Text extends SimpleJavaFileObject {
        private final String source;

        Text(String source) {
            super(URI.create("string:///Source.java"), JavaFileObject.Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
        }
    }
}
