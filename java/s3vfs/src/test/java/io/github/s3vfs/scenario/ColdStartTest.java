package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.internal.store.crt.RehearsalOnly;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first connection of a process. */
class ColdStartTest {
  private final Bucket bucket = Bucket.open();

  @TempDir Path directory;

  @AfterEach
  void close() {
    bucket.close();
  }

  private ChildJvm.Result run(String option) throws Exception {
    return ChildJvm.sameClassPath()
        .option("-Daws.accessKeyId=" + bucket.server().accessKeyId())
        .option("-Daws.secretAccessKey=" + bucket.server().secretAccessKey())
        .option(option)
        .run(
            directory,
            RunSql.class,
            "jdbc:sqlite:file:/bucket/db?vfs=s3&path_style=true&region=us-east-1&endpoint="
                + bucket.server().endpoint());
  }

  /** To start it takes as long as some requests. */
  @Test
  void leavesTheFlightRecorderAlone() throws Exception {
    ChildJvm.Result result = run("-Xlog:class+load:file=classes.txt");
    assertEquals("1", result.line("rows="), result.output());
    String classes = Files.readString(directory.resolve("classes.txt"));
    assertTrue(classes.contains(" io.github.s3vfs.internal.store.MeteredStore "));
    assertFalse(classes.contains(" jdk.jfr.internal."));
  }

  /** What the end of a JVM deletes, the runtime may be unpacking. */
  @Test
  void aProcessThatEndsAtOnceWaitsForTheRuntimeToLoad() throws Exception {
    ChildJvm.Result result =
        ChildJvm.sameClassPath()
            .option("-XX:ActiveProcessorCount=2")
            .option("-Xlog:class+load:file=classes.txt")
            .run(directory, RehearsalOnly.class);
    assertEquals("", result.output());
    assertEquals(0, result.exitCode());
    String classes = Files.readString(directory.resolve("classes.txt"));
    assertTrue(classes.contains(" software.amazon.awssdk.crt.s3.S3Client "));
  }

  /** Whether the rehearsal or the first real client meets it. */
  @Test
  void namesWhyTheRuntimeOfTheClientDoesNotLoad() throws Exception {
    String failure = run("-Daws.crt.arch=vax").line("failed=");
    assertTrue(failure.contains("aws-crt) does not load on this platform"), failure);
    assertTrue(failure.contains("Unable to unpack AWS CRT library"), failure);
  }
}
