package io.github.s3vfs.benchmark;

import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The command line of the benchmark.
 *
 * @param help whether only to show how it is used
 * @param all whether all scenarios that can run were asked for
 * @param scenarios which work to do, in order
 * @param layouts how databases are stored; null if nothing was said
 * @param latencyMillis added to every request to the embedded server
 * @param bandwidthMbps megabits per second of all bodies to and from the embedded server together
 * @param endpoint of a store that is not AWS's, or null
 * @param bucket an existing one; null to start the embedded server
 * @param region null for the default chain
 * @param pathStyle whether the bucket goes into the path instead of the host name
 * @param pythonPeer a checkout of the Python package to compare with, or null
 * @param large whether to take in what takes very long
 * @param output where the results go
 */
record BenchmarkOptions(
    boolean help,
    boolean all,
    List<String> scenarios,
    @Nullable List<String> layouts,
    long latencyMillis,
    long bandwidthMbps,
    @Nullable URI endpoint,
    @Nullable String bucket,
    @Nullable String region,
    boolean pathStyle,
    @Nullable Path pythonPeer,
    boolean large,
    Path output) {

  static final String BOTH = "both";

  static final String HELP =
      """
      usage: scripts/benchmark --scenario NAME[,NAME...] | --all [OPTION...]

      Measures, compares with targets, and writes results.json and report.html. Runs against an
      embedded S3 server on a loopback port, or against a bucket that is named; there it writes
      under a prefix of its own, and removes that again.

      What a new process finds that has nothing in memory, with the latency and bandwidth given:
        --scenario cold         the first row by a key, and by an index; what random lookups fetch
        --scenario scan         full scans, of tables filled in order of the key and at random
        --scenario join         five rows of three tables
        --scenario serialize    to a local file and back, and to an S3 object
        --scenario rewrite      a header in front of an object
        --scenario growth       the same lookups in databases of 16 and 256 MiB
        --scenario blob         1 MiB in the middle of a value of 64 MiB, read and written
      Writing and many threads, with the latency and bandwidth given:
        --scenario commit       transactions of one row and of a hundred
        --scenario bulk         100,000 rows in one transaction
        --scenario concurrency  1 to 16 threads that read; connections that count up
        --scenario changelog    change streams: compared with plain JDBC, and what a look costs
      With settings of their own, on the embedded server only:
        --scenario requests     requests and dependent round trips per operation, and wall clock
                                with 0 and with 20 ms added to every request
        --scenario startup      time and memory from the start of a JVM to the first row
        --scenario warm         reads of a database that is in memory, compared with a local file
        --scenario select       S3 Select over CSV in memory, beside FastCSV and DuckDB
        --scenario micro        the benchmarks of JMH: decoding pages, reading a page
        --all                   all of them; startup, warm and micro in the layout snapshot

        --layout LAYOUT         how databases are stored: blocks, snapshot, or both; by default
                                each scenario measures what it is about
        --latency-ms N          added to each request to the embedded server; default 20
        --bandwidth-mbps N      of the embedded server, in total; default 1000, 0 for no limit
        --bucket B              an existing bucket, with credentials from the AWS default chain
        --endpoint URL          of a store that is not AWS's, as in http://127.0.0.1:9000
        --region R              of the bucket; by default that of the AWS default chain
        --path-style            put the bucket's name into the path of the URL
        --python-peer DIR       a checkout of the Python package sqlite-s3vfs to compare with;
                                python3 must find apsw and boto3
        --large                 growth: also a database of 4 GiB; blob: a value of 1 GiB;
                                changelog: a table of 1 GiB; all of them take long
        --output DIR            where the results go; default target/benchmark
        --help                  this text""";

  static BenchmarkOptions parse(List<String> arguments) {
    boolean help = false;
    boolean all = false;
    List<String> scenarios = List.of();
    List<String> layouts = null;
    long latency = 20;
    long bandwidth = 1000;
    URI endpoint = null;
    String bucket = null;
    String region = null;
    boolean pathStyle = false;
    Path pythonPeer = null;
    boolean large = false;
    Path output = Path.of("target", "benchmark");
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      switch (option) {
        case "--help", "-h" -> help = true;
        case "--all" -> all = true;
        case "--scenario" -> scenarios = scenarios(option, rest);
        case "--layout" -> layouts = layouts(option, rest);
        case "--latency-ms" -> latency = number(option, rest);
        case "--bandwidth-mbps" -> bandwidth = number(option, rest);
        case "--endpoint" -> endpoint = URI.create(value(option, rest));
        case "--bucket" -> bucket = value(option, rest);
        case "--region" -> region = value(option, rest);
        case "--path-style" -> pathStyle = true;
        case "--python-peer" -> pythonPeer = Path.of(value(option, rest));
        case "--large" -> large = true;
        case "--output" -> output = Path.of(value(option, rest));
        default -> throw new IllegalArgumentException("unknown option " + option);
      }
    }
    if (!help && all == !scenarios.isEmpty()) {
      throw new IllegalArgumentException("one of --scenario and --all is needed");
    }
    if (bucket == null && (endpoint != null || region != null || pathStyle)) {
      throw new IllegalArgumentException("--endpoint, --region and --path-style need --bucket");
    }
    if (all) {
      scenarios =
          bucket == null
              ? Scenarios.NAMES
              : Scenarios.NAMES.stream().filter(Scenarios::anyStore).toList();
    } else if (bucket != null && !scenarios.stream().allMatch(Scenarios::anyStore)) {
      throw new IllegalArgumentException(
          "--scenario " + String.join(",", scenarios) + " is for the embedded server only");
    }
    return new BenchmarkOptions(
        help,
        all,
        scenarios,
        layouts,
        latency,
        bandwidth,
        endpoint,
        bucket,
        region,
        pathStyle,
        pythonPeer,
        large,
        output);
  }

  /** The layouts that were named, or else those that a scenario is about. */
  List<String> layoutsOr(String... usual) {
    return layouts == null ? List.of(usual) : layouts;
  }

  private static List<String> layouts(String option, Iterator<String> rest) {
    String layout = known(option, rest, List.of(Benchmark.BLOCKS, Benchmark.SNAPSHOT, BOTH));
    return layout.equals(BOTH) ? List.of(Benchmark.BLOCKS, Benchmark.SNAPSHOT) : List.of(layout);
  }

  private static List<String> scenarios(String option, Iterator<String> rest) {
    return Arrays.stream(value(option, rest).split(",", -1))
        .map(name -> known(option, name, Scenarios.NAMES))
        .distinct()
        .toList();
  }

  private static String known(String option, Iterator<String> rest, List<String> known) {
    return known(option, value(option, rest), known);
  }

  private static String known(String option, String value, List<String> known) {
    if (!known.contains(value)) {
      throw new IllegalArgumentException(
          option + ": '" + value + "' is not one of: " + String.join(", ", known));
    }
    return value;
  }

  private static long number(String option, Iterator<String> rest) {
    long number = Long.parseLong(value(option, rest));
    if (number < 0 || number > 1_000_000) {
      throw new IllegalArgumentException(option + ": " + number + " is not in 0 .. 1000000");
    }
    return number;
  }

  private static String value(String option, Iterator<String> rest) {
    try {
      return rest.next();
    } catch (NoSuchElementException e) {
      throw new IllegalArgumentException("no value after " + option, e);
    }
  }
}
