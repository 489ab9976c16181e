package io.github.s3vfs.benchmark;

import java.nio.file.Path;

/**
 * What the scenarios of one run share.
 *
 * @param options the command line
 * @param store where the databases are
 * @param databases those that are there
 * @param directory for files; it is deleted with all that is in it
 */
record Bench(
    BenchmarkOptions options, BenchmarkStore store, TestDatabases databases, Path directory) {

  /** In blocks there is an object for each page, and storing the large one takes minutes. */
  static int mebibytes(String layout) {
    return layout.equals(Benchmark.BLOCKS)
        ? TestDatabases.SMALL_MEBIBYTES
        : TestDatabases.MEBIBYTES;
  }
}
