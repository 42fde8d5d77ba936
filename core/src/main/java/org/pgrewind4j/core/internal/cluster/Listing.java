package org.pgrewind4j.core.internal.cluster;

import com.google.common.collect.Lists;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.internal.files.ParallelCalls;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.UnsafePathException;
import org.pgrewind4j.wal.ForkName;
import org.pgrewind4j.wal.RelFileLocator;

/** What lies in one data directory, in the order of the paths. */
public final class Listing {

    static final String THREAD_NAME = "pgrewind4j-list";

    private final List<SourceFile> files;
    private final Set<RelFileLocator> unlogged;

    private Listing(List<SourceFile> files, Set<RelFileLocator> unlogged) {
        this.files = files;
        this.unlogged = unlogged;
    }

    public static Listing of(Transport transport, Set<DataPath> closed, RelationGeometry geometry) throws IOException {
        List<SourceFile> files = new ArrayList<>();
        Set<RelFileLocator> unlogged = new HashSet<>();
        transport.list(closed, new SourceFileVisitor() {
            @Override
            public void visit(SourceFile file) {
                if (Exclusions.isForeign(file.path()) || geometry.isForeign(file.path())) {
                    return;
                }
                files.add(file);
                if (file.path().toString().endsWith(ForkName.INIT.suffix())) {
                    geometry.file(file.path()).ifPresent(init -> unlogged.add(init.relation()));
                }
            }

            @Override
            public void unsafe(DataPath directory, UnsafePathException fault) {
                if (!Exclusions.isExcluded(directory.resolve("any"))) {
                    throw fault;
                }
            }
        });
        files.sort(Comparator.comparing(SourceFile::path));
        return new Listing(files, unlogged);
    }

    /** What lies on both sides. */
    public record Both(Listing source, Listing target) {}

    /** Lists both sides at the same time: where there are many files, a rewind does little else. */
    public static Both ofBoth(Transport source, Transport target, RelationGeometry geometry) throws IOException {
        List<Listing> both = ParallelCalls.results(
                THREAD_NAME,
                2,
                List.of(() -> of(source, Exclusions.closedOnSource(), geometry), () -> of(target, Set.of(), geometry)));
        return new Both(both.get(0), both.get(1));
    }

    public List<SourceFile> files() {
        return files;
    }

    /** How large the files are together. */
    public long bytes() {
        return files.stream().mapToLong(SourceFile::size).sum();
    }

    /** What lies at a path, if anything does. */
    public Optional<SourceFile> find(DataPath path) {
        int found = Collections.binarySearch(Lists.transform(files, SourceFile::path), path);
        return found < 0 ? Optional.empty() : Optional.of(files.get(found));
    }

    /** Whether the relation has an init fork, from which its main fork is re-created when recovery ends. */
    public boolean isUnlogged(RelFileLocator relation) {
        return unlogged.contains(relation);
    }

    /** One path with what each side has there. */
    public record Pair(
            DataPath path,
            @Nullable SourceFile source,
            @Nullable SourceFile target) {}

    /** Walks both listings at once; every path of either is there once, in order. */
    public static List<Pair> join(Listing source, Listing target) {
        List<Pair> pairs = new ArrayList<>(Math.max(source.files.size(), target.files.size()));
        int s = 0;
        int t = 0;
        while (s < source.files.size() || t < target.files.size()) {
            SourceFile ofSource = s < source.files.size() ? source.files.get(s) : null;
            SourceFile ofTarget = t < target.files.size() ? target.files.get(t) : null;
            int order = order(ofSource, ofTarget);
            if (order <= 0) {
                s++;
            }
            if (order >= 0) {
                t++;
            }
            SourceFile first = order <= 0 ? ofSource : ofTarget;
            if (first != null) {
                pairs.add(new Pair(first.path(), order <= 0 ? ofSource : null, order >= 0 ? ofTarget : null));
            }
        }
        return pairs;
    }

    private static int order(@Nullable SourceFile source, @Nullable SourceFile target) {
        if (source == null) {
            return 1;
        }
        return target == null ? -1 : source.path().compareTo(target.path());
    }
}
