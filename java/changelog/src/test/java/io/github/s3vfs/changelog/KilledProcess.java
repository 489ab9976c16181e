package io.github.s3vfs.changelog;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.changelog.WriterOptions.InitMode;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/**
 * A process that copies changes from one table to another until it is killed: {@code DIRECTORY} for
 * local files, or {@code DIRECTORY ENDPOINT ID KEY}. It applies a batch, and then saves its state.
 */
final class KilledProcess {
  static final TableSchema SCHEMA =
      TableSchema.of(Column.key("k", LogicalType.INT), Column.of("v", LogicalType.STRING));
  private static final int SECONDS = 120;

  private KilledProcess() {}

  /** In the other process. */
  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    if (args.length == 1) {
      copy(
          directory,
          ChangelogDatabase.file(directory.resolve("from")),
          ChangelogDatabase.file(directory.resolve("to")));
      return;
    }
    try (S3Vfs vfs =
        S3Vfs.builder()
            .name("killed")
            .bucket(Places.BUCKET)
            .endpoint(URI.create(args[1]))
            .region(Region.US_EAST_1)
            .pathStyle(true)
            // How long others wait for it when it was killed.
            .requestTimeout(Duration.ofSeconds(2))
            .leaseTerm(Duration.ofSeconds(4))
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create(args[2], args[3])))
            .register()) {
      copy(directory, database(vfs, "from"), database(vfs, "to"));
    }
  }

  private static ChangelogDatabase database(S3Vfs vfs, String name) {
    return ChangelogDatabase.s3(vfs, new S3Location(Places.BUCKET, name));
  }

  private static void copy(Path directory, ChangelogDatabase from, ChangelogDatabase to)
      throws IOException {
    ReaderOptions reading =
        ReaderOptions.defaults()
            .stateDirectory(directory.resolve("state"))
            .maxBatchChanges(50)
            .pollInterval(Duration.ofMillis(5));
    WriterOptions writing = WriterOptions.snapshot().init(InitMode.CREATE);
    try (ChangelogReader reader = ChangelogReader.open(from, "t", SCHEMA, reading);
        ChangelogWriter writer = ChangelogWriter.open(to, "t", SCHEMA, writing)) {
      for (int i = 0; ; i++) {
        ChangeBatch batch = reader.poll(Duration.ofSeconds(1));
        writer.write(i, batch);
        reader.saveState();
        System.out.println("copied " + batch.changes().size());
      }
    }
  }

  /**
   * Starts a program in a process of its own.
   *
   * @param directory its first argument
   * @param output gets what it prints
   * @param option of the JVM
   */
  static Process start(
      Path directory, File output, Class<?> program, String option, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(option, "-cp", System.getProperty("java.class.path")));
    if (Runtime.version().feature() >= 24) {
      command.add(1, "--enable-native-access=ALL-UNNAMED");
    }
    command.add(program.getName());
    command.add(directory.toString());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
  }

  /** Starts it, lets it make some batches, kills it and waits until it is gone. */
  static void runAndKill(Path directory, int batches, long more, String... arguments)
      throws Exception {
    File output = File.createTempFile("killed-", ".txt", directory.toFile());
    Process process = start(directory, output, KilledProcess.class, "-Xmx200m", arguments);
    try {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      while (Files.readString(output.toPath()).split("copied", -1).length <= batches) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new AssertionError("it has ended: " + Files.readString(output.toPath()));
        }
        Thread.sleep(2);
      }
      boolean unused = process.waitFor(more, TimeUnit.MICROSECONDS);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
