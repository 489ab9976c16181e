package io.github.s3vfs.cli;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.transfer.ObjectLocation;
import java.io.PrintStream;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParentCommand;

/** A command that works with databases in S3. */
abstract class StoreCommand implements Callable<Integer> {
  /** What stands for standard input or output. */
  static final String STREAM = "-";

  /** How names of databases and objects begin. */
  static final String S3 = "s3://";

  @ParentCommand private @Nullable S3vfsCommand program;

  @Override
  public Integer call() throws Exception {
    try (Store store = new Store(settings(program().settings()))) {
      return run(store);
    }
  }

  /** Adds settings of this command. */
  S3Vfs.Builder settings(S3Vfs.Builder builder) {
    return builder;
  }

  /** Does it, and returns what the program ends with. */
  abstract int run(Store store) throws Exception;

  S3vfsCommand program() {
    return Objects.requireNonNull(program);
  }

  Io io() {
    return program().io();
  }

  PrintStream out() {
    return io().out();
  }

  /** A line about what was done, for people, unless they want quiet. */
  void say(String text) {
    if (!program().quiet()) {
      out().println(text);
    }
  }

  /** What was done: in JSON if that was asked for, or for people. */
  void answer(String text, @Nullable Object... members) {
    if (program().json()) {
      out().println(Json.of(Json.object(members)));
    } else {
      say(text);
    }
  }

  /** Tells how far long work is. */
  Progress progress(String task, long total) {
    return Progress.begin(io(), program().quiet(), task, total);
  }

  /** A database's location. */
  static S3Location location(String name) {
    if (!name.startsWith(S3)) {
      throw new Refusal(ExitCode.USAGE, "'" + name + "' is no database: expected s3://bucket/key");
    }
    return S3Location.parse(name);
  }

  /** An object's location. */
  static ObjectLocation object(String name) {
    return ObjectLocation.parse(name);
  }
}
