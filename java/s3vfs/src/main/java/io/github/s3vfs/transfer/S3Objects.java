package io.github.s3vfs.transfer;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.LargeObjects;
import io.github.s3vfs.internal.store.ObjectHead;
import io.github.s3vfs.internal.vfs.Vfs;
import io.github.s3vfs.internal.vfs.VfsRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Single objects, of any size, through the client and with the settings of a VFS: read in parallel,
 * written by multipart upload. Thread-safe; holds nothing that must be closed.
 */
public final class S3Objects {
  private final String vfsName;

  private S3Objects(String vfsName) {
    this.vfsName = vfsName;
  }

  /**
   * The objects that a VFS can reach.
   *
   * @param vfs stays the caller's to close; from then on every method here fails with {@code
   *     CLOSED}
   * @return the objects
   */
  public static S3Objects of(S3Vfs vfs) {
    return new S3Objects(vfs.name());
  }

  /** Those of one bucket; sends no request. */
  LargeObjects in(String bucket) {
    Vfs vfs = VfsRegistry.find(vfsName);
    if (vfs == null) {
      throw new S3VfsException(ErrorKind.CLOSED, "the VFS '" + vfsName + "' was closed");
    }
    return vfs.largeObjects(bucket);
  }

  /** How long to wait for a small request. */
  Duration patience() {
    Vfs vfs = VfsRegistry.find(vfsName);
    return vfs == null
        ? Duration.ofSeconds(30)
        : vfs.config().client().requestTimeout().plusSeconds(60);
  }

  /** Whether both reach the same store with the same credentials. */
  boolean isSameStore(S3Objects other) {
    return vfsName.equals(other.vfsName);
  }

  /**
   * Asks for an object. One request.
   *
   * @param location where it is
   * @return what S3 says of it
   * @throws S3VfsException {@code NOT_FOUND} if there is none, {@code ACCESS_DENIED} also if there
   *     is none and the credentials lack s3:ListBucket; or what S3 failed with
   */
  public ObjectInfo stat(ObjectLocation location) {
    return ObjectInfo.of(location, head(location));
  }

  private ObjectHead head(ObjectLocation location) {
    LargeObjects objects = in(location.bucket());
    return Await.result(
        objects.head(location.key(), null), objects.deadline(0).plusSeconds(5), "HEAD " + location);
  }

  /**
   * The tags of an object. One request.
   *
   * @param location where it is
   * @return values by key
   * @throws S3VfsException {@code NOT_FOUND}, or what S3 failed with
   */
  public Map<String, String> tags(ObjectLocation location) {
    return tags(location, null);
  }

  Map<String, String> tags(ObjectLocation location, @Nullable String versionId) {
    LargeObjects objects = in(location.bucket());
    return Await.result(
        objects.tags(location.key(), versionId),
        objects.deadline(0).plusSeconds(5),
        "GET tags of " + location);
  }

  /**
   * Opens an object for reading, with the default options.
   *
   * @param location where it is
   * @return to be closed
   * @throws S3VfsException as {@link #stat}
   */
  public ObjectReader open(ObjectLocation location) {
    return open(location, ReadOptions.DEFAULT);
  }

  /**
   * Opens an object for reading.
   *
   * @param location where it is
   * @param options which range of it, and how
   * @return to be closed
   * @throws S3VfsException as {@link #stat}
   */
  public ObjectReader open(ObjectLocation location, ReadOptions options) {
    return open(stat(location), options);
  }

  /**
   * Opens the version of an object that was asked about before, for reading. Sends no request for
   * it but those that read.
   *
   * @param info from {@link #stat}
   * @param options which range of it, and how
   * @return to be closed
   */
  public ObjectReader open(ObjectInfo info, ReadOptions options) {
    return new ObjectReader(in(info.location().bucket()), info, options);
  }

  /**
   * Begins to write an object, with the default options. Sends nothing yet.
   *
   * @param location where it is to be
   * @return to be completed, and closed
   */
  public ObjectUpload upload(ObjectLocation location) {
    return upload(location, UploadOptions.DEFAULT);
  }

  /**
   * Begins to write an object. Sends nothing yet.
   *
   * @param location where it is to be
   * @param options how, and what is stored with it
   * @return to be completed, and closed
   */
  public ObjectUpload upload(ObjectLocation location, UploadOptions options) {
    return new ObjectUpload(in(location.bucket()), location, options);
  }

  /**
   * Deletes an object; one that is not there is no error.
   *
   * @param location where it is
   * @throws S3VfsException what S3 failed with
   */
  public void delete(ObjectLocation location) {
    LargeObjects objects = in(location.bucket());
    Await.result(
        objects.delete(location.key()), objects.deadline(0).plusSeconds(5), "DELETE " + location);
  }

  /** As {@link #delete}, also in a thread that is interrupted. */
  void remove(ObjectLocation location) {
    LargeObjects objects = in(location.bucket());
    Await.outcome(
        objects.delete(location.key()), objects.deadline(0).plusSeconds(5), "DELETE " + location);
  }

  /**
   * The objects whose keys begin with a prefix, sorted by key. One request for 1,000 of them.
   *
   * @param bucket its name
   * @param prefix "" for all
   * @return all of them
   * @throws S3VfsException what S3 failed with
   */
  public List<ObjectSummary> list(String bucket, String prefix) {
    LargeObjects objects = in(bucket);
    return Await.result(
            objects.list(prefix), objects.copyDeadline(), "LIST s3://" + bucket + "/" + prefix)
        .stream()
        .map(
            object ->
                new ObjectSummary(
                    new ObjectLocation(bucket, object.key()), object.size(), object.etag()))
        .toList();
  }
}
