package io.github.s3vfs.select;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.transfer.ObjectInfo;
import io.github.s3vfs.transfer.ObjectLocation;
import io.github.s3vfs.transfer.ReadOptions;
import io.github.s3vfs.transfer.S3Objects;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * An object in S3, in the version that it has when this is made: all requests for its bytes have
 * its ETag as condition. Parts of 1 MiB are fetched ahead, up to 8 at once.
 */
public final class S3ObjectSource implements ObjectSource {
  private static final long PART = 1 << 20;
  private static final int CONCURRENCY = 8;

  private final S3Objects objects;
  private final ObjectInfo info;

  private S3ObjectSource(S3Objects objects, ObjectInfo info) {
    this.objects = objects;
    this.info = info;
  }

  /**
   * Asks for an object. One request.
   *
   * @param objects through which it is read
   * @param location where it is
   * @return the source
   * @throws S3VfsException {@code NOT_FOUND} if there is none, or what S3 failed with
   */
  public static S3ObjectSource of(S3Objects objects, ObjectLocation location) {
    return new S3ObjectSource(Objects.requireNonNull(objects, "objects"), objects.stat(location));
  }

  /**
   * The object that is read.
   *
   * @return as it was when this was made
   */
  public ObjectInfo info() {
    return info;
  }

  @Override
  public long size() {
    return info.size();
  }

  @Override
  public InputStream open(long offset, long length) throws IOException {
    try {
      return new Pinned(
          objects.open(
              info, ReadOptions.DEFAULT.withRange(offset, length).withParts(PART, CONCURRENCY)));
    } catch (S3VfsException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public String name() {
    return info.location().toString();
  }

  /** Tells a change of the object from other failures. */
  private static final class Pinned extends FilterInputStream {
    Pinned(InputStream stream) {
      super(stream);
    }

    @Override
    public int read() throws IOException {
      try {
        return super.read();
      } catch (IOException e) {
        throw meaning(e);
      }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        return super.read(target, offset, length);
      } catch (IOException e) {
        throw meaning(e);
      }
    }

    private static IOException meaning(IOException e) {
      if (e.getCause() instanceof S3VfsException failure && failure.kind() == ErrorKind.CONFLICT) {
        throw new SelectException(
            SelectError.OBJECT_CHANGED, String.valueOf(failure.getMessage()), failure);
      }
      return e;
    }
  }
}
