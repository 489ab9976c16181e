package io.github.s3vfs.benchmark;

import java.net.URI;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The command line of the demo.
 *
 * @param help whether only to show how it is used
 * @param endpoint of a store that is not AWS's, or null
 * @param bucket an existing one; null to start the embedded server
 * @param region null for the default chain
 * @param pathStyle whether the bucket goes into the path instead of the host name
 * @param oneProcess whether to leave out what takes a second process
 * @param cli the directory that has the jar of the command line, or null to leave that out
 * @param output where the local file goes
 */
record DemoOptions(
    boolean help,
    @Nullable URI endpoint,
    @Nullable String bucket,
    @Nullable String region,
    boolean pathStyle,
    boolean oneProcess,
    @Nullable Path cli,
    Path output) {

  static final String HELP =
      """
      usage: scripts/demo [--one-process] [--output DIR]
             scripts/demo --bucket B [--endpoint URL] [--region R] [--path-style] [--one-process]
                          [--output DIR]

      Without --bucket it starts an S3 server of its own on a loopback port. With it, it uses an
      existing bucket, on AWS or at the endpoint, with credentials from the AWS default chain
      (environment, profile, instance); it writes under a prefix of its own and removes that again.

        --endpoint URL   a store that is not AWS's, as in http://127.0.0.1:9000
        --bucket B       the bucket
        --region R       its region; by default that of the AWS default chain
        --path-style     put the bucket's name into the path of the URL
        --one-process    leave out the steps that start other JVMs
        --cli DIR        where the jar of the command line is; without it that is left out
        --output DIR     where the serialized database goes; default target/demo
        --help           this text""";

  static DemoOptions parse(List<String> arguments) {
    boolean help = false;
    URI endpoint = null;
    String bucket = null;
    String region = null;
    boolean pathStyle = false;
    boolean oneProcess = false;
    Path cli = null;
    Path output = Path.of("target", "demo");
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      switch (option) {
        case "--help", "-h" -> help = true;
        case "--path-style" -> pathStyle = true;
        case "--one-process" -> oneProcess = true;
        case "--endpoint" -> endpoint = URI.create(value(option, rest));
        case "--bucket" -> bucket = value(option, rest);
        case "--region" -> region = value(option, rest);
        case "--cli" -> cli = Path.of(value(option, rest));
        case "--output" -> output = Path.of(value(option, rest));
        default -> throw new IllegalArgumentException("unknown option " + option);
      }
    }
    if (bucket == null && (endpoint != null || region != null || pathStyle)) {
      throw new IllegalArgumentException("--endpoint, --region and --path-style need --bucket");
    }
    return new DemoOptions(help, endpoint, bucket, region, pathStyle, oneProcess, cli, output);
  }

  private static String value(String option, Iterator<String> rest) {
    try {
      return rest.next();
    } catch (NoSuchElementException e) {
      throw new IllegalArgumentException("no value after " + option, e);
    }
  }
}
