package io.github.s3vfs.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** The benchmarks of JMH in this module, each in a JVM of its own. They have no targets. */
final class MicroScenario {
  private MicroScenario() {}

  /**
   * Runs them; they print what they measure.
   *
   * @return the file with the results, in JMH's format
   */
  static Path run(List<String> layouts, Path directory) throws IOException, RunnerException {
    Files.createDirectories(directory);
    Path file = directory.resolve("results-micro.json").toAbsolutePath().normalize();
    Options options =
        new OptionsBuilder()
            .include("io\\.github\\.s3vfs\\..*Benchmark")
            .param("store", stores(layouts))
            .shouldFailOnError(true)
            .resultFormat(ResultFormatType.JSON)
            .result(file.toString())
            .build();
    new Runner(options).run();
    return file;
  }

  private static String[] stores(List<String> layouts) {
    return Stream.concat(Stream.of("local", PageReadBenchmark.UPCALLS), layouts.stream())
        .toArray(String[]::new);
  }
}
