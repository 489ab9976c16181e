package io.github.s3vfs.internal.vfs;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3ClientConfig;
import io.github.s3vfs.S3VfsConfig;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.PointInTime;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The query parameters of a database URL (docs/CONFIGURATION.md). SQLite has taken its own ones
 * into account already; sqlite-jdbc has removed those that name pragmas.
 */
public final class UriParameters {

  /**
   * Parameters that SQLite itself reads
   * (https://sqlite.org/c3ref/open.html#urifilenamesinsqlite3open).
   */
  private static final Set<String> OF_SQLITE =
      Set.of("vfs", "mode", "cache", "psow", "nolock", "immutable", "modeof");

  private static final Set<String> OURS =
      Set.of(
          "as_of",
          "block_size",
          "endpoint",
          "layout",
          "max_staleness_ms",
          "path_style",
          "prefetch",
          "region",
          "version",
          "writer");

  /** An endpoint with user info, a query or a fragment, escaped or not, is not shown. */
  private static final Pattern MAY_HOLD_SECRETS = Pattern.compile("[@%?#]");

  private UriParameters() {}

  /**
   * The settings with the parameters applied.
   *
   * @throws S3VfsException {@code INVALID} for an unknown parameter or a bad value, naming it
   */
  static S3VfsConfig apply(S3VfsConfig config, Map<String, String> parameters) {
    S3VfsConfig result = config;
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      if (!OF_SQLITE.contains(parameter.getKey())) {
        result = apply(result, parameter.getKey(), parameter.getValue());
      }
    }
    return result;
  }

  private static S3VfsConfig apply(S3VfsConfig c, String name, String value) {
    S3ClientConfig client = c.client();
    String region = client.region();
    URI endpoint = client.endpoint();
    boolean pathStyle = client.pathStyle();
    Integer blockSize = c.blockSize();
    Duration staleness = c.maxStaleness();
    Layout layout = c.layout();
    boolean optimistic = c.optimistic();
    switch (name) {
      case "block_size" ->
          blockSize = Math.toIntExact(number(name, value, 1, S3VfsConfig.MAX_BLOCK_SIZE));
      case "max_staleness_ms" -> staleness = Duration.ofMillis(number(name, value, 0, 86_400_000));
      case "path_style" -> pathStyle = bool(name, value);
      case "region" -> region = region(value);
      case "endpoint" -> endpoint = endpoint(value);
      case "layout" -> layout = layout(value);
      case "writer" -> optimistic = optimistic(value);
      case "version", "as_of" -> {} // of one connection: pointInTime
      case "prefetch" -> {
        boolean unused = prefetchesAll(value); // of one connection
      }
      default ->
          throw new S3VfsException(
              ErrorKind.INVALID,
              "unknown URL parameter '"
                  + name
                  + "'; known are "
                  + String.join(", ", new TreeSet<>(OURS))
                  + " and SQLite's own ("
                  + String.join(", ", new TreeSet<>(OF_SQLITE))
                  + ")");
    }
    S3ClientConfig reached =
        new S3ClientConfig(
            region,
            endpoint,
            pathStyle,
            client.proxy(),
            client.fips(),
            client.dualStack(),
            client.accelerate(),
            client.connectTimeout(),
            client.requestTimeout(),
            client.retries());
    return new S3VfsConfig(
        c.name(),
        c.bucket(),
        reached,
        c.requests(),
        layout,
        blockSize,
        optimistic,
        staleness,
        c.cacheSizeBytes(),
        c.writeBufferBytes(),
        c.parallelism(),
        c.leaseTerm(),
        c.retention(),
        c.upkeep(),
        c.cacheDir(),
        c.cacheDirBytes());
  }

  /**
   * Which earlier state a connection wants to read, or null for the newest.
   *
   * @throws S3VfsException {@code INVALID} for a bad value
   */
  static @Nullable PointInTime pointInTime(Map<String, String> parameters) {
    String version = parameters.get("version");
    String time = parameters.get("as_of");
    if (version != null && time != null) {
      throw new S3VfsException(
          ErrorKind.INVALID, "URL parameters version and as_of exclude each other");
    }
    if ((version != null || time != null) && "shared".equals(parameters.get("cache"))) {
      throw sharedPast();
    }
    if (version != null) {
      return new PointInTime.OfVersion(number("version", version, 1, Long.MAX_VALUE));
    }
    return time == null ? null : new PointInTime.OfTime(instant(time));
  }

  /** The refusal of a cache that would be shared by connections to different states. */
  public static S3VfsException sharedPast() {
    return new S3VfsException(
        ErrorKind.INVALID,
        "URL parameters version and as_of exclude cache=shared: SQLite would read what another"
            + " connection to the same database has in that cache, of whatever version");
  }

  /**
   * Whether a connection begins by fetching the whole database.
   *
   * @throws S3VfsException {@code INVALID} for a bad value
   */
  static boolean prefetchesAll(Map<String, String> parameters) {
    String value = parameters.get("prefetch");
    return value != null && prefetchesAll(value);
  }

  private static boolean prefetchesAll(String value) {
    return switch (value) {
      case "all" -> true;
      case "none" -> false;
      default -> throw bad("prefetch", value, "all or none");
    };
  }

  private static Instant instant(String value) {
    try {
      return OffsetDateTime.parse(value).toInstant();
    } catch (DateTimeParseException e) {
      throw bad("as_of", value, "an instant of ISO 8601, as in 2026-01-31T12:00:00Z");
    }
  }

  private static long number(String name, String value, long least, long most) {
    try {
      long number = Long.parseLong(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Answered below.
    }
    throw bad(name, value, "a number from " + least + " to " + most);
  }

  private static boolean bool(String name, String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "1", "true", "yes", "on" -> true;
      case "0", "false", "no", "off" -> false;
      default -> throw bad(name, value, "true or false");
    };
  }

  private static Layout layout(String value) {
    for (Layout layout : Layout.values()) {
      if (layout.toString().equals(value)) {
        return layout;
      }
    }
    throw bad("layout", value, "blocks or snapshot");
  }

  private static boolean optimistic(String value) {
    return switch (value) {
      case "claim" -> false;
      case "optimistic" -> true;
      default -> throw bad("writer", value, "claim or optimistic");
    };
  }

  private static String region(String value) {
    if (!value.matches("[a-z0-9-]{1,64}")) {
      throw bad("region", value, "a name as in eu-central-1");
    }
    return value;
  }

  private static URI endpoint(String value) {
    try {
      URI uri = new URI(value);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      boolean plain =
          uri.getRawUserInfo() == null && uri.getRawQuery() == null && uri.getRawFragment() == null;
      if (http && plain && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Answered below.
    }
    throw bad(
        "endpoint",
        MAY_HOLD_SECRETS.matcher(value).find() ? "(hidden)" : value,
        "http://host:port or https://host, without credentials or a query");
  }

  private static S3VfsException bad(String name, String value, String expected) {
    return new S3VfsException(
        ErrorKind.INVALID, "URL parameter " + name + "=" + value + ": expected " + expected);
  }
}
