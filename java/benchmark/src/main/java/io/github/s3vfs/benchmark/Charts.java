package io.github.s3vfs.benchmark;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The pictures of the report, of whatever was measured of what they show. */
final class Charts {
  private static final String SNAPSHOT = Benchmark.SNAPSHOT;
  private static final String BLOCKS = Benchmark.BLOCKS;
  private static final String LOCAL = "local file";
  private static final String TIME = ".*: time";
  private static final String ROUND_TRIPS = ".*: dependent round trips";

  private Charts() {}

  /** In the order in which they are shown. */
  static List<Chart> of(List<BenchmarkResult> results) {
    return Stream.of(
            roundTrips(),
            firstRow(),
            scans(),
            serialize(),
            growth(),
            commits(),
            bulk(),
            readers(),
            writers(),
            startup())
        .map(chart -> chart.of(results))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Chart.Builder roundTrips() {
    return new Chart.Builder("First rows from nothing", "dependent round trips")
        .bar(SNAPSHOT, "by key", "cold", SNAPSHOT, ".* by primary key" + ROUND_TRIPS)
        .bar(SNAPSHOT, "by index", "cold", SNAPSHOT, ".* by a secondary index" + ROUND_TRIPS)
        .bar(SNAPSHOT, "join", "join", SNAPSHOT, "join" + ROUND_TRIPS);
  }

  private static Chart.Builder firstRow() {
    return new Chart.Builder("Time to the rows from nothing", "ms")
        .bar(SNAPSHOT, "by key", "cold", SNAPSHOT, "\\d+ MiB, .* by primary key" + TIME)
        .bar(SNAPSHOT, "by index", "cold", SNAPSHOT, "\\d+ MiB, .* by a secondary index" + TIME)
        .bar(SNAPSHOT, "join", "join", SNAPSHOT, "join" + TIME)
        .bar(SNAPSHOT, "download, key", "cold", SNAPSHOT, "peer: serialized to a local" + TIME);
  }

  private static Chart.Builder scans() {
    String speed = ".*: speed";
    return new Chart.Builder("Full scan from nothing", "MB/s stored")
        .bar("speed", "CRT client", "scan", SNAPSHOT, "peer: CRT client" + speed)
        .bar("speed", "filled in order", "scan", SNAPSHOT, "full scan.* in order" + speed)
        .bar("speed", "at random", "scan", SNAPSHOT, "full scan.* in random" + speed);
  }

  private static Chart.Builder serialize() {
    String download = "peer: transfer manager, download" + TIME;
    String upload = "peer: transfer manager, upload" + TIME;
    String peer = "transfer manager";
    return new Chart.Builder("To and from a local file", "s")
        .bar("the database", "to a file", "serialize", SNAPSHOT, "serialize" + TIME)
        .bar("the database", "from a file", "serialize", SNAPSHOT, "deserialize" + TIME)
        .bar(peer, "to a file", "serialize", SNAPSHOT, download)
        .bar(peer, "from a file", "serialize", SNAPSHOT, upload);
  }

  private static Chart.Builder growth() {
    Chart.Builder chart =
        new Chart.Builder("First row, by size of the database", "dependent round trips");
    for (String mebibytes : List.of("16", "256", "4096")) {
      String size = mebibytes + " MiB";
      String key = size + ", first row by primary key" + ROUND_TRIPS;
      String index = size + ", first row by a secondary index" + ROUND_TRIPS;
      chart
          .bar("by key", size, "growth", SNAPSHOT, key)
          .bar("by index", size, "growth", SNAPSHOT, index);
    }
    return chart;
  }

  private static Chart.Builder commits() {
    Chart.Builder chart = new Chart.Builder("Time of a commit", "ms");
    for (String rows : List.of("one row", "100 rows")) {
      chart
          .bar(SNAPSHOT, rows, "commit", SNAPSHOT, "commit of " + rows + TIME)
          .bar(BLOCKS, rows, "commit", BLOCKS, "commit of " + rows + TIME)
          .bar(LOCAL, rows, "commit", SNAPSHOT, "peer: .*commit of " + rows + TIME);
    }
    return chart;
  }

  private static Chart.Builder bulk() {
    String time = "100000 rows" + TIME;
    return new Chart.Builder("100,000 rows in one transaction", "s")
        .bar("time", LOCAL, "bulk", SNAPSHOT, "peer: local file, " + time)
        .bar("time", SNAPSHOT, "bulk", SNAPSHOT, time)
        .bar("time", BLOCKS, "bulk", BLOCKS, time);
  }

  private static Chart.Builder readers() {
    Chart.Builder chart = new Chart.Builder("Random lookups, by threads", "lookups/s");
    for (String threads : List.of("1", "2", "4", "8", "16")) {
      chart.bar(SNAPSHOT, threads, "concurrency", SNAPSHOT, threads + " threads?,.*");
    }
    return chart;
  }

  private static Chart.Builder writers() {
    String together = "one VFS";
    String apart = "a VFS each";
    return new Chart.Builder("Increments of one number, by writers", "commits/s")
        .bar(together, "1", "concurrency", SNAPSHOT, "1 writer,.*")
        .bar(together, "2", "concurrency", SNAPSHOT, "2 writers of.*")
        .bar(together, "4", "concurrency", SNAPSHOT, "4 writers of.*")
        .bar(apart, "1", "concurrency", SNAPSHOT, "1 writer,.*")
        .bar(apart, "2", "concurrency", SNAPSHOT, "2 VFSes.*")
        .bar(apart, "4", "concurrency", SNAPSHOT, "4 VFSes.*");
  }

  private static Chart.Builder startup() {
    String start = ": JVM start to first row";
    return new Chart.Builder("Start of a JVM to its first row", "ms")
        .bar("time", LOCAL, "startup", SNAPSHOT, LOCAL + start)
        .bar("time", "S3", "startup", SNAPSHOT, "S3" + start)
        .bar("time", "S3, CDS archive", "startup", SNAPSHOT, "S3, class data archived" + start);
  }
}
