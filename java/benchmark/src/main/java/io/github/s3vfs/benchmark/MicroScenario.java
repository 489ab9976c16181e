package io.github.s3vfs.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.util.Statistics;

/** The benchmarks of JMH in this module, each in a JVM of its own. They have no targets. */
final class MicroScenario {
  private MicroScenario() {}

  /**
   * Runs them; they print what they measure.
   *
   * @param directory where a file with the results in JMH's format goes
   */
  static List<BenchmarkResult> run(String scenario, List<String> layouts, Path directory)
      throws IOException, RunnerException {
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
    return new Runner(options).run().stream().map(each -> result(scenario, each)).toList();
  }

  private static BenchmarkResult result(String scenario, RunResult run) {
    BenchmarkParams params = run.getParams();
    String name = params.getBenchmark().replaceFirst(".*\\.(\\w+\\.\\w+)$", "$1");
    String with =
        params.getParamsKeys().stream()
            .map(key -> ", " + key + " " + params.getParam(key))
            .collect(Collectors.joining());
    Result<?> primary = run.getPrimaryResult();
    Statistics statistics = primary.getStatistics();
    Spread spread =
        new Spread(
            statistics.getPercentile(50),
            statistics.getMin(),
            statistics.getMax(),
            (int) statistics.getN());
    return new BenchmarkResult(
        scenario, "", name + with, primary.getScoreUnit(), spread.median(), spread, null, null);
  }

  private static String[] stores(List<String> layouts) {
    return Stream.concat(Stream.of("local", PageReadBenchmark.UPCALLS), layouts.stream())
        .toArray(String[]::new);
  }
}
