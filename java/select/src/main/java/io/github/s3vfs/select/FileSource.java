package io.github.s3vfs.select;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/** An object in a file, known again by its size and time of change. */
final class FileSource implements ObjectSource {
  private final Path file;
  private final long size;
  private final FileTime changed;

  private FileSource(Path file, long size, FileTime changed) {
    this.file = file;
    this.size = size;
    this.changed = changed;
  }

  static FileSource of(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw new NoSuchFileException(file.toString(), null, "is not a file");
    }
    return new FileSource(file, attributes.size(), attributes.lastModifiedTime());
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public InputStream open(long offset, long length) throws IOException {
    check();
    SeekableByteChannel channel = Files.newByteChannel(file);
    channel.position(offset);
    return new Part(channel, Math.min(length, size - offset));
  }

  @Override
  public String name() {
    return file.toString();
  }

  private void check() throws IOException {
    BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
    if (now.size() != size || !now.lastModifiedTime().equals(changed)) {
      throw new SelectException(
          SelectError.OBJECT_CHANGED, file + " has changed while it was read");
    }
  }

  private final class Part extends InputStream {
    private final SeekableByteChannel channel;
    private final InputStream bytes;
    private long left;

    Part(SeekableByteChannel channel, long length) {
      this.channel = channel;
      this.bytes = Channels.newInputStream(channel);
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int count = channel.read(ByteBuffer.wrap(target, offset, (int) Math.min(length, left)));
      if (count < 0) {
        check();
        throw new SelectException(SelectError.OBJECT_CHANGED, file + " has become shorter");
      }
      left -= count;
      if (left == 0) {
        check();
      }
      return count;
    }

    @Override
    public void close() throws IOException {
      bytes.close();
    }
  }
}
