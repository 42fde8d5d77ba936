package org.pgrewind4j.testserver;

import com.google.common.base.Splitter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A PostgreSQL release whose server can be started here: the ten releases that the build fetches, and, where Debian's
 * PostgreSQL 15 is installed, that one too (it has lz4 and zstd, which the others are built without).
 *
 * <p>The fetched releases hold {@code initdb}, {@code pg_ctl} and {@code postgres}. They lie as archives in the folder
 * {@code jars} of the servers' folder and are unpacked beside it when they are first used. The servers' folder is named
 * by the system property {@code pgrewind4j.servers}; without it, it is the first {@code .servers} found on the way up
 * from the working directory.
 */
public final class ServerRelease {

    private static final String PROPERTY = "pgrewind4j.test.releases";
    private static final Pattern INSTALLED = Pattern.compile("PostgreSQL\\) (\\d+)");

    private static final List<ServerRelease> ALL = List.of(
            new ServerRelease("9.6", 9, "9.6.24"),
            new ServerRelease("10", 10, "10.23.0"),
            new ServerRelease("11", 11, "11.22.1"),
            new ServerRelease("12", 12, "12.22.0"),
            new ServerRelease("13", 13, "13.23.0"),
            new ServerRelease("14", 14, "14.24.0"),
            new ServerRelease("15", 15, "15.19.0"),
            new ServerRelease("16", 16, "16.15.0"),
            new ServerRelease("17", 17, "17.11.0"),
            new ServerRelease("18", 18, "18.6.0"));

    private final String name;
    private final int major;
    private final String version;
    private final Optional<Path> installed;

    private ServerRelease(String name, int major, String version) {
        this(name, major, version, Optional.empty());
    }

    private ServerRelease(String name, int major, String version, Optional<Path> installed) {
        this.name = name;
        this.major = major;
        this.version = version;
        this.installed = installed;
    }

    /**
     * The releases that are there on every machine, for parameterised tests. The system property
     * {@code pgrewind4j.test.releases} names fewer, as in {@code 9.6,15}, for a smaller run.
     *
     * @return 9.6 to 18, or those of them that are asked for, in this order
     */
    public static List<ServerRelease> all() {
        List<String> wanted = Splitter.on(',').omitEmptyStrings().splitToList(System.getProperty(PROPERTY, ""));
        return wanted.isEmpty()
                ? ALL
                : ALL.stream().filter(release -> wanted.contains(release.name)).toList();
    }

    /**
     * The releases from one on.
     *
     * @param major the first release's number; 9 means 9.6
     * @return that release to 18, in this order
     */
    public static List<ServerRelease> since(int major) {
        return all().stream().filter(release -> release.major >= major).toList();
    }

    /**
     * The oldest release, the newest and every other one between them, for what another test shows on all of them in a
     * like way.
     *
     * @return of {@link #all()}, in this order
     */
    public static List<ServerRelease> everyOther() {
        List<ServerRelease> all = all();
        return IntStream.range(0, all.size())
                .filter(i -> i % 2 == 0 || i == all.size() - 1)
                .mapToObj(all::get)
                .toList();
    }

    /**
     * Looks up one of {@link #all()}.
     *
     * @param name such as {@code 9.6} or {@code 17}
     * @return the release
     * @throws IllegalArgumentException if there is no such release
     */
    public static ServerRelease of(String name) {
        return ALL.stream()
                .filter(release -> release.name.equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("no PostgreSQL release \"" + name + "\": expected one of " + ALL));
    }

    /**
     * The newest release.
     *
     * @return the last of {@link #all()}
     */
    public static ServerRelease newest() {
        return ALL.get(ALL.size() - 1);
    }

    /**
     * Debian's PostgreSQL 15, where its server is installed: built with lz4 and zstd.
     *
     * @return the installed release, empty if there is none
     */
    public static Optional<ServerRelease> installed15() {
        return Oracle.findBin()
                .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
                .map(bin -> new ServerRelease("15 installed", 15, "installed", Optional.of(bin)));
    }

    /**
     * A release that is installed somewhere on this machine.
     *
     * @param bin the folder of its programs
     * @return the installed release
     * @throws TestServerException if there is no {@code postgres} in it that says its release
     */
    public static ServerRelease installedIn(Path bin) {
        String said = Command.run(List.of(bin.resolve("postgres").toString(), "--version"), "postgres")
                .ensureSuccess()
                .stdout();
        Matcher release = INSTALLED.matcher(said);
        if (!release.find()) {
            throw new TestServerException("not a PostgreSQL release: " + said);
        }
        int major = Integer.parseInt(release.group(1));
        return new ServerRelease(major + " installed", major, "installed", Optional.of(bin));
    }

    /**
     * The release's number.
     *
     * @return 10 to 18, and 9 for 9.6
     */
    public int major() {
        return major;
    }

    /**
     * Whether something that came with a release is there.
     *
     * @param release the number of the release that brought it
     * @return true if this release is that one or a later one
     */
    public boolean isAtLeast(int release) {
        return major >= release;
    }

    /**
     * Where WAL lies within a data directory.
     *
     * @return {@code pg_wal}, before 10 {@code pg_xlog}
     */
    public String walDirectory() {
        return isAtLeast(10) ? "pg_wal" : "pg_xlog";
    }

    /**
     * The folder of the programs. Unpacks the release when it is first asked for.
     *
     * @return a folder with {@code initdb}, {@code pg_ctl} and {@code postgres}
     * @throws TestServerException if the release's archive is not there or is damaged
     */
    public Path bin() {
        return installed.orElseGet(() -> ServerArchive.unpacked(version).resolve("bin"));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ServerRelease release && name.equals(release.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /** Prints the release's name, such as {@code 9.6} or {@code 17}. */
    @Override
    public String toString() {
        return name;
    }
}
