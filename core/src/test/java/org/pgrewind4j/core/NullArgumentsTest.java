package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.core.archive.RestoreCommand;
import org.pgrewind4j.core.restore.DeltaRestore;
import org.pgrewind4j.core.restore.RecoveryGoal;
import org.pgrewind4j.timeline.DivergenceFinder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.archive.WalArchive;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.backup.BaseBackup;
import org.pgrewind4j.transport.live.LiveServerTransport;
import org.pgrewind4j.transport.live.PrimaryConninfo;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.transport.pgbackrest.BackrestRepository;
import org.pgrewind4j.wal.control.ControlFile;

/** A null where none may be fails where it is given, by the parameter's name, and not later where it is used. */
class NullArgumentsTest {

    private static final Path PATH = Path.of("/nowhere");

    private static final Rewind REWIND = Rewind.of(PATH).from(fake(Transport.class));
    private static final DeltaRestore RESTORE = DeltaRestore.of(PATH).from(fake(Backup.class));

    private static <T> T fake(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
            throw new UnsupportedOperationException();
        }));
    }

    /** Values that are no null. */
    private static final Map<Class<?>, Object> VALUES = Map.of(
            Path.class,
            PATH,
            String.class,
            "text",
            Properties.class,
            new Properties(),
            PrimaryConninfo.Secrets.class,
            PrimaryConninfo.Secrets.KEEP,
            RewindListener.class,
            RewindListener.none(),
            Verify.class,
            Verify.NOTHING,
            TimelineId.class,
            new TimelineId(1),
            TimelineHistory.class,
            TimelineHistory.ofSingle(new TimelineId(1)));

    static Stream<Arguments> parameters() {
        return Stream.of(
                        methods(Rewind.class, REWIND),
                        methods(Rewind.OfTarget.class, Rewind.of(PATH)),
                        methods(RewindBundle.class, null),
                        methods(DeltaRestore.class, RESTORE),
                        methods(DeltaRestore.OfTarget.class, DeltaRestore.of(PATH)),
                        methods(StandbySettings.class, null),
                        methods(Cancellation.class, null),
                        methods(RestoreCommand.class, null),
                        methods(RecoveryGoal.class, null),
                        methods(WalArchive.class, null),
                        methods(BaseBackup.class, null),
                        methods(LiveServerTransport.class, null),
                        methods(LocalDirectoryTransport.class, null),
                        methods(PrimaryConninfo.class, null),
                        methods(BackrestRepository.class, null),
                        methods(DataPath.class, null).filter(each -> each.get()[1].equals("of")),
                        methods(Lsn.class, null).filter(each -> each.get()[1].equals("parse")),
                        methods(TimelineHistory.class, null),
                        methods(DivergenceFinder.class, null),
                        methods(ControlFile.class, null))
                .flatMap(each -> each);
    }

    /** Each parameter of each public method of an instance, or of each public static method. */
    private static Stream<Arguments> methods(Class<?> type, @Nullable Object instance) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .filter(method -> instance != null || Modifier.isStatic(method.getModifiers()))
                .flatMap(method -> Stream.iterate(0, i -> i + 1)
                        .limit(method.getParameterCount())
                        .filter(i -> !method.getParameterTypes()[i].isPrimitive())
                        .map(i -> Arguments.of(
                                type.getSimpleName(), method.getName(), i, method, new Object[] {instance})));
    }

    @ParameterizedTest(name = "{0}.{1}, parameter {2}")
    @MethodSource("parameters")
    void failsAtOnce(String type, String name, int parameter, Method method, Object[] instance) {
        Object[] arguments = Arrays.stream(method.getParameterTypes())
                .map(wanted -> wanted == int.class ? Integer.valueOf(1) : value(wanted))
                .toArray();
        arguments[parameter] = null;

        assertThatNullPointerException()
                .as("%s.%s", type, name)
                .isThrownBy(() -> call(method, instance[0], arguments))
                .withMessage(method.getParameters()[parameter].getName());
        assertThat(method.getParameters()[parameter].isNamePresent()).isTrue();
    }

    private static @Nullable Object value(Class<?> wanted) {
        return wanted.isInterface() && !VALUES.containsKey(wanted) ? fake(wanted) : VALUES.get(wanted);
    }

    private static void call(Method method, Object instance, Object... arguments) throws Throwable {
        try {
            method.invoke(instance, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
