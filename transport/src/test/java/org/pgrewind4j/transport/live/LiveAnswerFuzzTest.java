package org.pgrewind4j.transport.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.sql.SQLException;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.UnsafePathException;

class LiveAnswerFuzzTest {

    /** A source can answer anything: what it lists are paths that stay in the data directory, or it is refused. */
    @FuzzTest
    void listingIsReadOrRefused(byte[] answer) throws SQLException {
        CopyOutReader rows = new CopyOutReader(CopyMessages.cut(answer), LiveListing.FIELDS);
        try {
            while (rows.next()) {
                SourceFile file = LiveListing.entry(rows);
                assertThat(DataPath.of(file.path().toString())).isEqualTo(file.path());
                assertThat(file.size()).isNotNegative();
            }
        } catch (LiveServerException e) {
            assertThat(e).hasMessageStartingWith("the server's answer is malformed: ");
        } catch (UnsafePathException e) {
            assertThat(e.getMessage()).isNotEmpty();
        } catch (IOException e) {
            throw new AssertionError("of no type that says what is wrong", e);
        }
    }
}
