package io.github.s3vfs.cli;

import io.github.s3vfs.S3Vfs;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/** The program with what its commands have in common: where S3 is, and how to talk to the user. */
@Command(
    name = "s3vfs",
    description = "SQLite databases that live in S3.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = ProgramVersion.class,
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    subcommands = {
      CreateCommand.class,
      LsCommand.class,
      InfoCommand.class,
      VersionsCommand.class,
      SqlCommand.class,
      SelectCommand.class,
      SerializeCommand.class,
      DeserializeCommand.class,
      CopyCommand.class,
      ConvertCommand.class,
      ExportCsvCommand.class,
      ImportCsvCommand.class,
      PrependHeaderCommand.class,
      GcCommand.class,
      VerifyCommand.class,
      DeleteCommand.class
    },
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nEnds with:%n",
    footer = {
      "  0 done; 1 failed; 2 misused; 3 not found; 4 busy, or there already;",
      "  5 damaged; 6 access denied; 7 S3 does not answer; 130 interrupted",
      "",
      "Databases are named s3://bucket/key, local files by their paths, and - is standard",
      "input or output. Credentials come from the AWS default chain (environment, profile,",
      "instance); no secret is taken from the command line."
    })
final class S3vfsCommand implements Runnable {
  /** In SQLite; nobody else uses it. */
  private static final String VFS = "s3vfs-cli";

  private final Io io;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--endpoint",
      scope = ScopeType.INHERIT,
      paramLabel = "URL",
      description = "a store that is not AWS's; else $$AWS_ENDPOINT_URL_S3 or $$AWS_ENDPOINT_URL")
  private @Nullable String endpoint;

  @Option(
      names = "--region",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME",
      description = "region of the bucket; else that of the AWS default chain")
  private @Nullable String region;

  @Option(
      names = "--profile",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME",
      description = "take credentials and region from this AWS profile")
  private @Nullable String profile;

  @Option(
      names = "--path-style",
      scope = ScopeType.INHERIT,
      description = "put the bucket's name into the path of the URL")
  private boolean pathStyle;

  @Option(
      names = "--proxy",
      scope = ScopeType.INHERIT,
      paramLabel = "URL",
      description = "an HTTP proxy to S3")
  private @Nullable String proxy;

  @Option(
      names = "--request-timeout",
      scope = ScopeType.INHERIT,
      paramLabel = "SECONDS",
      description = "how long one request with its retries may take (30)")
  private @Nullable Integer requestTimeout;

  @Option(
      names = "--retries",
      scope = ScopeType.INHERIT,
      paramLabel = "N",
      description = "repetitions of a request that failed in a way that may pass (3)")
  private @Nullable Integer retries;

  @Option(
      names = "--parallelism",
      scope = ScopeType.INHERIT,
      paramLabel = "N",
      description = "most requests under way at once (32)")
  private @Nullable Integer parallelism;

  @Option(
      names = "--retention",
      scope = ScopeType.INHERIT,
      paramLabel = "SECONDS",
      description = "how long a version can be read after it was replaced (900)")
  private @Nullable Double retention;

  @Option(
      names = "--cache-dir",
      scope = ScopeType.INHERIT,
      paramLabel = "DIR",
      description = "keep what was read on this host's disk")
  private @Nullable Path cacheDir;

  @Option(
      names = "--sse-s3",
      scope = ScopeType.INHERIT,
      description = "encrypt new objects with S3's own keys")
  private boolean sseS3;

  @Option(
      names = "--sse-kms",
      scope = ScopeType.INHERIT,
      paramLabel = "KEY",
      arity = "0..1",
      fallbackValue = "",
      description = "encrypt new objects with a KMS key; AWS's own if none is named")
  private @Nullable String sseKms;

  @Option(
      names = "--storage-class",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME",
      description = "storage class of new objects")
  private @Nullable String storageClass;

  @Option(
      names = "--requester-pays",
      scope = ScopeType.INHERIT,
      description = "agree to pay for requests to another account's bucket")
  private boolean requesterPays;

  @Option(
      names = "--expected-bucket-owner",
      scope = ScopeType.INHERIT,
      paramLabel = "ID",
      description = "refuse a bucket that another account owns")
  private @Nullable String bucketOwner;

  @Option(names = "--json", scope = ScopeType.INHERIT, description = "answer in JSON")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      scope = ScopeType.INHERIT,
      description = "no progress, and nothing but what was asked for")
  private boolean quiet;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "show what the library logs, and stack traces")
  private boolean debug;

  S3vfsCommand(Io io) {
    this.io = io;
  }

  @Override
  public void run() {
    CommandSpec own = spec;
    if (own != null) {
      throw new ParameterException(own.commandLine(), "a command is missing");
    }
  }

  Io io() {
    return io;
  }

  boolean json() {
    return json;
  }

  boolean quiet() {
    return quiet;
  }

  boolean debug() {
    return debug;
  }

  /** Before anything logs. */
  void configureLogging() {
    if (debug) {
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "info");
      System.setProperty("org.slf4j.simpleLogger.log.io.github.s3vfs", "debug");
    }
  }

  /** How long a version can be read after it was replaced, as far as this program is told. */
  Duration retention() {
    return retention == null ? Duration.ofMinutes(15) : seconds(retention);
  }

  /** The settings of the options. */
  S3Vfs.Builder settings() {
    S3Vfs.Builder builder = S3Vfs.builder().name(VFS).pathStyle(pathStyle).upkeep(false);
    String at = endpoint();
    if (at != null) {
      builder.endpoint(uri("--endpoint", at));
    }
    setCredentials(builder);
    if (proxy != null) {
      builder.proxy(uri("--proxy", proxy));
    }
    if (requestTimeout != null) {
      Duration timeout = Duration.ofSeconds(requestTimeout);
      builder.requestTimeout(timeout);
      Duration term = timeout.multipliedBy(2);
      if (term.compareTo(Duration.ofSeconds(60)) > 0) {
        builder.leaseTerm(term);
      }
    }
    if (retries != null) {
      builder.retries(retries);
    }
    if (parallelism != null) {
      builder.parallelism(parallelism);
    }
    if (retention != null) {
      builder.retention(seconds(retention));
    }
    if (cacheDir != null) {
      builder.cacheDir(cacheDir);
    }
    setRequests(builder);
    return builder;
  }

  private static Duration seconds(double seconds) {
    return Duration.ofMillis(Math.round(seconds * 1e3));
  }

  private @Nullable String endpoint() {
    if (endpoint != null) {
      return endpoint;
    }
    String named = io.environment().get("AWS_ENDPOINT_URL_S3");
    return named != null ? named : io.environment().get("AWS_ENDPOINT_URL");
  }

  private static URI uri(String option, String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new Refusal(ExitCode.USAGE, option + " " + text + ": " + e.getReason());
    }
  }

  private void setCredentials(S3Vfs.Builder builder) {
    String named = region;
    if (profile != null) {
      builder.credentialsProvider(ProfileCredentialsProvider.create(profile));
      if (named == null && endpoint() == null) {
        named =
            DefaultAwsRegionProviderChain.builder().profileName(profile).build().getRegion().id();
      }
    }
    if (named != null) {
      builder.region(Region.of(named));
    }
  }

  private void setRequests(S3Vfs.Builder builder) {
    if (sseS3) {
      builder.sseS3();
    }
    if (sseKms != null) {
      builder.sseKms(sseKms.isEmpty() ? null : sseKms);
    }
    if (storageClass != null) {
      builder.storageClass(storageClass);
    }
    if (requesterPays) {
      builder.requesterPays(true);
    }
    if (bucketOwner != null) {
      builder.expectedBucketOwner(bucketOwner);
    }
  }
}
