package io.github.s3vfs.benchmark;

import io.github.s3vfs.benchmark.TestDatabases.TestDatabase;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * What the Python package sqlite-s3vfs (https://github.com/uktrade/sqlite-s3vfs) takes to read a
 * database in blocks, in a process of its own.
 *
 * @param firstRow seconds from nothing to a row by its key
 * @param scan seconds of a full scan, by a twentieth of it
 */
record PythonPeer(Spread firstRow, Spread scan) {
  /**
   * Measures.
   *
   * @param checkout where the package's module is
   * @throws IllegalStateException if the script fails
   */
  static PythonPeer measure(Path checkout, BenchmarkStore store, TestDatabase database)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    "python3",
                    "-",
                    Objects.toString(store.endpoint(), ""),
                    Objects.toString(store.region(), ""),
                    store.bucket(),
                    store.key(database.path()),
                    "" + database.rows()))
            .redirectErrorStream(true);
    builder.environment().putAll(store.environment());
    builder
        .environment()
        .merge("PYTHONPATH", checkout.toString(), (old, added) -> added + File.pathSeparator + old);
    Process process = builder.start();
    try (OutputStream out = process.getOutputStream();
        InputStream script =
            Objects.requireNonNull(PythonPeer.class.getResourceAsStream("python_peer.py"))) {
      script.transferTo(out);
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException("python3: " + output);
    }
    return new PythonPeer(seconds(output, "first "), seconds(output, "scan "));
  }

  private static Spread seconds(String output, String name) {
    List<Double> values =
        output
            .lines()
            .filter(line -> line.startsWith(name))
            .map(line -> Double.valueOf(line.substring(name.length())))
            .toList();
    return Spread.of(values, Double::doubleValue);
  }
}
