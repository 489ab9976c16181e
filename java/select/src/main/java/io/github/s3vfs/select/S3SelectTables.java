package io.github.s3vfs.select;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.select.internal.table.ObjectModule;
import io.github.s3vfs.select.internal.table.SelectFunction;
import io.github.s3vfs.select.internal.table.SourceOpener;
import io.github.s3vfs.table.VirtualTables;
import io.github.s3vfs.transfer.ObjectLocation;
import io.github.s3vfs.transfer.S3Objects;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Objects as tables in SQL, on connections of sqlite-jdbc, of any database. A connection has what
 * follows after {@link #register}, and no other has:
 *
 * <pre>{@code
 * CREATE VIRTUAL TABLE temp.t USING s3_csv('s3://bucket/key.csv')
 * CREATE VIRTUAL TABLE temp.u USING s3_json('s3://bucket/key.json', columns='id INT, name TEXT')
 * SELECT c1, c2 FROM s3_select('s3://bucket/key.csv', 'select _1, _2 from s3object')
 * }</pre>
 *
 * <p>Whoever can have SQL of their own run on such a connection can read what {@link #only} leaves
 * them; views and triggers of a database can not. docs/SELECT.md has the options. Immutable.
 */
public final class S3SelectTables {
  private final Function<ObjectLocation, ObjectSource> objects;

  /** Beginnings of addresses, with a character behind each; empty: all. */
  private final List<ObjectLocation> allowed;

  private final SelectLimits limits;

  private S3SelectTables(
      Function<ObjectLocation, ObjectSource> objects,
      List<ObjectLocation> allowed,
      SelectLimits limits) {
    this.objects = objects;
    this.allowed = allowed;
    this.limits = limits;
  }

  /**
   * Tables of all objects that can be read through these.
   *
   * @param objects through which they are read
   * @return the tables
   */
  public static S3SelectTables of(S3Objects objects) {
    Objects.requireNonNull(objects, "objects");
    return of(location -> S3ObjectSource.of(objects, location));
  }

  /**
   * Tables of objects that are found in another way.
   *
   * @param objects what is at an address, which it finds for each statement; thread-safe
   * @return the tables
   */
  public static S3SelectTables of(Function<ObjectLocation, ObjectSource> objects) {
    return new S3SelectTables(
        Objects.requireNonNull(objects, "objects"), List.of(), SelectLimits.DEFAULT);
  }

  /**
   * With the objects under some addresses only, and none with {@code .} or {@code ..} between the
   * slashes of its key.
   *
   * @param prefixes {@code s3://bucket/} or {@code s3://bucket/beginning-of-keys}; one or more
   * @return the new tables
   * @throws S3VfsException {@code INVALID} if one is no address
   */
  public S3SelectTables only(String... prefixes) {
    if (prefixes.length == 0) {
      throw new IllegalArgumentException("no prefix");
    }
    // With a character behind it, it is the address of an object.
    return new S3SelectTables(
        objects,
        Stream.of(prefixes).map(prefix -> ObjectLocation.parse(prefix + "*")).toList(),
        limits);
  }

  /**
   * With other limits.
   *
   * @param newLimits bounds of what is read
   * @return the new tables
   */
  public S3SelectTables withLimits(SelectLimits newLimits) {
    return new S3SelectTables(objects, allowed, Objects.requireNonNull(newLimits, "limits"));
  }

  /**
   * Makes {@code s3_csv}, {@code s3_json} and {@code s3_select} known to a connection, in place of
   * those that were registered with it before.
   *
   * @param connection open, of sqlite-jdbc or unwrapping to that
   * @return takes them away again, as closing the connection does; tables are to be dropped before
   * @throws SQLException SQLite's; or the native library does not load
   */
  public VirtualTables.Registration register(Connection connection) throws SQLException {
    SourceOpener sources = this::open;
    VirtualTables.Registration csv =
        VirtualTables.register(connection, "s3_csv", ObjectModule.csv(sources, limits));
    VirtualTables.Registration json =
        VirtualTables.register(connection, "s3_json", ObjectModule.json(sources, limits));
    VirtualTables.Registration select =
        VirtualTables.register(connection, "s3_select", new SelectFunction(sources, limits));
    return () -> {
      csv.close();
      json.close();
      select.close();
    };
  }

  private ObjectSource open(String url) {
    try {
      ObjectLocation location = ObjectLocation.parse(url);
      if (!allowed.isEmpty() && allowed.stream().noneMatch(p -> isUnder(p, location))) {
        throw new SelectException(
            SelectError.INVALID_REQUEST, location + " is not among the objects that are allowed");
      }
      return objects.apply(location);
    } catch (S3VfsException e) {
      SelectError error =
          e.kind() == ErrorKind.INVALID ? SelectError.INVALID_REQUEST : SelectError.READ_FAILED;
      throw new SelectException(error, String.valueOf(e.getMessage()), e);
    }
  }

  /** A store that takes the key for a path must not be led out of the prefix. */
  private static boolean isUnder(ObjectLocation prefix, ObjectLocation location) {
    String path = "/" + location.key() + "/";
    if (path.contains("/./") || path.contains("/../")) {
      return false;
    }
    String beginning = prefix.key().substring(0, prefix.key().length() - 1);
    return prefix.bucket().equals(location.bucket()) && location.key().startsWith(beginning);
  }
}
