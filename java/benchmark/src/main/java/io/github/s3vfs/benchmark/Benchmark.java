package io.github.s3vfs.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Measures, prints a table, and writes {@code results.json}: the settings, and objects with
 * scenario, layout, measure, unit, value, low, high, samples, target and met. What JMH measures is
 * in {@code results-micro.json}, too, in its own format; the same with charts is in {@code
 * report.html}. Exit code 0 whether or not the targets are met, 1 if the measuring failed, 2 for
 * options that cannot be meant.
 */
public final class Benchmark {
  static final String BLOCKS = "blocks";
  static final String SNAPSHOT = "snapshot";

  private Benchmark() {}

  /** Runs scenarios; see {@code --help}. */
  public static void main(String[] args) {
    System.exit(run(List.of(args), System.out, System.err));
  }

  private static int run(List<String> arguments, PrintStream out, PrintStream err) {
    BenchmarkOptions options;
    try {
      options = BenchmarkOptions.parse(arguments);
    } catch (IllegalArgumentException e) {
      err.println("benchmark: " + e.getMessage());
      err.println(BenchmarkOptions.HELP);
      return 2;
    }
    if (options.help()) {
      out.println(BenchmarkOptions.HELP);
      return 0;
    }
    try {
      Report report = measure(options, out, err);
      out.println(report.write(options.output(), "results.json"));
      out.println(new HtmlReport(report).write(options.output(), "report.html"));
      return 0;
    } catch (Exception e) {
      err.println("benchmark: FAILED: " + e);
      e.printStackTrace(err);
      return 1;
    }
  }

  private static Report measure(BenchmarkOptions options, PrintStream out, PrintStream err)
      throws Exception {
    Path directory = Files.createTempDirectory("s3vfs-benchmark-");
    try (BenchmarkStore store =
        BenchmarkStore.open(options, Files.createDirectory(directory.resolve("s3")))) {
      Map<String, String> settings = new LinkedHashMap<>(Machine.describe(directory));
      settings.put("store", store.describe());
      List<BenchmarkResult> results = new ArrayList<>();
      Bench bench = new Bench(options, store, new TestDatabases(store, directory), directory);
      settings.forEach((name, value) -> out.println(name + ": " + value));
      for (String scenario : options.scenarios()) {
        err.println("measuring " + scenario + " ...");
        long start = System.nanoTime();
        Report report = Scenarios.run(scenario, bench);
        report.print(out);
        report.settings().forEach((name, value) -> settings.put(scenario + ": " + name, value));
        results.addAll(report.results());
        err.println(scenario + " took " + (System.nanoTime() - start) / 1_000_000_000 + " s");
      }
      return new Report(settings, results);
    } finally {
      delete(directory);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(Benchmark::deleteOne);
    }
  }

  private static void deleteOne(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
