package org.pgrewind4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.FileAction.CreateDirectory;
import org.pgrewind4j.core.FileAction.CreateTablespaceLink;
import org.pgrewind4j.core.FileAction.RemoveDirectory;
import org.pgrewind4j.core.FileAction.RemoveFile;
import org.pgrewind4j.core.FileAction.RestoreWal;
import org.pgrewind4j.core.FileAction.Truncate;
import org.pgrewind4j.core.FileAction.WriteConfiguration;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;

class PlanJsonTest {

    private static final DataPath PATH = DataPath.of("base/5/16384");

    /** One action of each kind, and what it is printed as. */
    private static Map<FileAction, String> actions() {
        Map<FileAction, String> actions = new LinkedHashMap<>();
        actions.put(new CreateDirectory(PATH), "{'action':'createDirectory','path':'base/5/16384'}");
        actions.put(
                new CreateTablespaceLink(PATH, "/space \"1\""),
                "{'action':'createTablespaceLink','path':'base/5/16384','location':'/space \\\"1\\\"'}");
        actions.put(new CopyFile(PATH, 3L << 40), "{'action':'copyFile','path':'base/5/16384','size':3298534883328}");
        actions.put(
                new CopyRanges(PATH, List.of(new FileRange(PATH, 0, 8192), new FileRange(PATH, 24576, 16384)), 65536),
                "{'action':'copyRanges','path':'base/5/16384','finalSize':65536,'ranges':[[0,8192],[24576,16384]]}");
        actions.put(new Truncate(PATH, 8192), "{'action':'truncate','path':'base/5/16384','size':8192}");
        actions.put(new RestoreWal(PATH, 7), "{'action':'restoreWal','path':'base/5/16384','size':7}");
        actions.put(
                new WriteConfiguration(PATH, List.of("primary_conninfo")),
                "{'action':'writeConfiguration','path':'base/5/16384','settings':['primary_conninfo']}");
        actions.put(new RemoveFile(PATH), "{'action':'removeFile','path':'base/5/16384'}");
        actions.put(new RemoveDirectory(PATH), "{'action':'removeDirectory','path':'base/5/16384'}");
        return actions;
    }

    @Test
    void printsEveryKindOfAction() throws IOException {
        for (Map.Entry<FileAction, String> action : actions().entrySet()) {
            assertThat(print(action.getKey())).isEqualTo(action.getValue().replace('\'', '"'));
        }
        assertThat(actions().keySet())
                .extracting(Object::getClass)
                .containsExactlyInAnyOrder(FileAction.class.getPermittedSubclasses());
    }

    private static String print(FileAction action) throws IOException {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            new PlanJson(json).write(action);
        }
        return out.toString();
    }
}
