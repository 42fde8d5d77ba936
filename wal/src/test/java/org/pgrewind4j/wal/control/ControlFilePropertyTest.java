package org.pgrewind4j.wal.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.UnsupportedVersionException;

/** Damaged control files give a typed error or change nothing that is read. */
class ControlFilePropertyTest {

    private static final Set<Class<?>> ERRORS =
            Set.of(ControlFileException.class, UnsupportedVersionException.class, MalformedCheckPointException.class);

    @Example
    void anyFlippedBitOfAFieldIsFound() {
        for (PostgresVersion version : PostgresVersion.values()) {
            byte[] bytes = ControlFileFixture.bytes(version);
            for (int bit = 0; bit < (ControlFile.crcOffset(version) + 4) * 8; bit++) {
                bytes[bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(isRefused(bytes)).as("bit %s of %s", bit, version).isTrue();
                bytes[bit / 8] ^= (byte) (1 << bit % 8);
            }
        }
    }

    @Property
    void aChangedByteBehindTheFieldsChangesNothing(
            @ForAll PostgresVersion version, @ForAll @IntRange(min = 296, max = 8191) int offset, @ForAll byte value) {
        byte[] bytes = ControlFileFixture.bytes(version);
        bytes[offset] = value;
        ControlFile changed = ControlFile.parse(bytes);
        ControlFile original = ControlFileFixture.of(version);

        assertThat(everything(changed)).isEqualTo(everything(original));
        assertThat(changed.toBytes()).isEqualTo(bytes);
    }

    @Property
    void anyOtherLengthIsRefused(@ForAll PostgresVersion version, @ForAll @IntRange(max = 20000) int length) {
        byte[] bytes = Arrays.copyOf(ControlFileFixture.bytes(version), length);

        assertThat(isRefused(bytes)).isEqualTo(length != ControlFile.SIZE);
    }

    @Property
    void randomBytesAreRefused(@ForAll Random random) {
        byte[] bytes = new byte[ControlFile.SIZE];
        random.nextBytes(bytes);

        assertThat(isRefused(bytes)).isTrue();
    }

    /** A source is not trusted: it can send anything under a CRC that is right. */
    @Property(tries = 5000)
    void randomFieldsUnderARightCrcAreRefusedOrCanBeReadAndPatched(
            @ForAll PostgresVersion version, @ForAll Random random) {
        byte[] bytes = ControlFileFixture.bytes(version);
        ControlFileField[] fields = ControlFileField.values();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            ControlFileField field = fields[random.nextInt(fields.length)];
            if (field.existsIn(version)) {
                int length = field.size(version);
                int from = ControlLayouts.controlFile(version).offset(field) + random.nextInt(length);
                bytes[from] = (byte) random.nextInt();
            }
        }
        byte[] withCrc = ControlFileFixture.withCrc(bytes, version);

        if (!isRefused(withCrc)) {
            ControlFile file = ControlFile.parse(withCrc);
            assertThat(everything(file)).isNotEmpty();
            assertThat(file.patch().build().toBytes()).isEqualTo(withCrc);
        }
    }

    private static boolean isRefused(byte[] bytes) {
        try {
            ControlFile.parse(bytes);
            return false;
        } catch (PgRewindException e) {
            assertThat(ERRORS).contains(e.getClass());
            return true;
        }
    }

    private static String everything(ControlFile file) {
        return String.join(
                " ",
                file.version().toString(),
                Long.toString(file.systemIdentifier()),
                file.state().toString(),
                file.time().toString(),
                file.checkPoint().toString(),
                file.previousCheckPoint().toString(),
                file.checkPointCopy().toString(),
                file.unloggedLsn().toString(),
                file.minRecoveryPoint().toString(),
                file.minRecoveryPointTimeline().toString(),
                file.backupStartPoint().toString(),
                file.backupEndPoint().toString(),
                Boolean.toString(file.backupEndRequired()),
                file.settings().toString(),
                file.format().toString(),
                file.mockAuthenticationNonce().toString());
    }
}
