package io.github.s3vfs.changelog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Files cannot grow any more, in the middle of a batch; later they can. */
@EnabledOnOs(OS.LINUX)
class FullDiskTest {
  private static final int ROWS = 3_000;

  @TempDir Path directory;

  /** In a process whose files are limited by prlimit(1), of util-linux. */
  static final class Limited {
    private Limited() {}

    public static void main(String[] args) throws Exception {
      Path directory = Path.of(args[0]);
      ReaderOptions kept = ReaderOptions.defaults().stateDirectory(directory.resolve("state"));
      ChangelogDatabase database = ChangelogDatabase.file(directory.resolve("db"));
      try (ChangelogReader reader =
          ChangelogReader.open(database, "t", KilledProcess.SCHEMA, kept)) {
        int told = 0;
        for (String limit : List.of("1000", "3000000", "unlimited")) {
          limit(limit);
          int failed = 0;
          for (int i = 0; i < 5; i++) {
            try {
              told += reader.poll().changes().size();
            } catch (ChangelogException e) {
              failed += e.kind() == Kind.STATE_FAILED ? 1 : 0;
            }
          }
          System.out.println(limit + (failed > 0 ? " has failed" : ""));
        }
        System.out.println("told " + told);
        reader.saveState();
      }
    }

    private static void limit(String bytes) throws Exception {
      Process process =
          new ProcessBuilder(
                  "prlimit",
                  "--pid=" + ProcessHandle.current().pid(),
                  "--fsize=" + bytes + ":unlimited")
              .inheritIO()
              .start();
      if (process.waitFor() != 0) {
        throw new AssertionError("prlimit has failed");
      }
    }
  }

  @Test
  void nothingIsLost() throws Exception {
    ChangelogDatabase database = ChangelogDatabase.file(directory.resolve("db"));
    Places.sql(
        database,
        "CREATE TABLE t(k INTEGER PRIMARY KEY, v TEXT)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            + ROWS
            + ") INSERT INTO t SELECT i, hex(randomblob(1000)) FROM n");
    // The last failure is that of the look that was under way: its changes came first.
    assertEquals("1000 has failed, 3000000 has failed, unlimited has failed, told " + ROWS, run());
    ReaderOptions kept = ReaderOptions.defaults().stateDirectory(directory.resolve("state"));
    try (ChangelogReader reader = ChangelogReader.open(database, "t", KilledProcess.SCHEMA, kept)) {
      assertEquals("", Told.text(reader));
      Places.sql(database, "DELETE FROM t WHERE k > 1");
      assertEquals(ROWS - 1, Told.changes(reader).size());
    }
  }

  private String run() throws Exception {
    File output = File.createTempFile("limited-", ".txt", directory.toFile());
    Process process = KilledProcess.start(directory, output, Limited.class, "-XX:-UsePerfData");
    int status = process.waitFor();
    List<String> lines = Files.readAllLines(output.toPath());
    assertEquals(0, status, lines.toString());
    return String.join(", ", lines);
  }
}
