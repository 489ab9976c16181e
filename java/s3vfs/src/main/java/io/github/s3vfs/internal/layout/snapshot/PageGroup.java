package io.github.s3vfs.internal.layout.snapshot;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Pages that are compressed together. Immutable.
 *
 * @param pageSize in bytes
 * @param pages their numbers, ascending
 * @param bytes the pages, one behind the other; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PageGroup(int pageSize, long[] pages, byte[] bytes) {
  /** How many bytes of pages go into one group, if a page is not larger. */
  static final int TARGET_BYTES = 16 << 10;

  /** The level of zstd: its default, whose speed is far above that of a network. */
  private static final int LEVEL = 3;

  private static final int STORED = 0;
  private static final int ZSTD = 1;

  /**
   * Loads a class of the codec: a library that is missing is told of here, and not in the middle of
   * a read.
   *
   * @throws LinkageError if it is
   */
  static void requireCodec() {
    Objects.requireNonNull(ZstdException.class);
  }

  private static S3VfsException doesNotLoad(LinkageError e) {
    Throwable reason = e;
    while (reason.getCause() != null) {
      reason = reason.getCause();
    }
    Module module = ZstdException.class.getModule();
    return new S3VfsException(
        ErrorKind.UNSUPPORTED,
        "the native library of zstd-jni does not load: "
            + reason
            + ". JDK 24 and later may want --enable-native-access="
            + (module.isNamed() ? module.getName() : "ALL-UNNAMED")
            + "; -DZstdTempFolder=/path names the directory that it is unpacked into",
        e);
  }

  /** How many pages of a size go into one group. */
  static int pagesPerGroup(int pageSize) {
    return Math.max(1, TARGET_BYTES / pageSize);
  }

  /** The body of its frame. */
  byte[] encode() {
    byte[] compressed;
    try {
      compressed = Zstd.compress(bytes, LEVEL);
    } catch (LinkageError e) {
      throw doesNotLoad(e);
    }
    boolean smaller = compressed.length < bytes.length;
    Encoder encoder = new Encoder();
    encoder.u8(smaller ? ZSTD : STORED).varint(pageSize).varint(pages.length);
    long before = 0;
    for (long page : pages) {
      encoder.varint(page - before);
      before = page;
    }
    for (int i = 0; i < pages.length; i++) {
      encoder.u32(Frames.crc(bytes, i * pageSize, pageSize));
    }
    return encoder.bytes(smaller ? compressed : bytes).toBytes();
  }

  /** Memory for decoding one group after the other. For one thread. */
  static final class Memory implements AutoCloseable {
    private @Nullable ZstdDecompressCtx context;
    private @Nullable ByteBuffer pages;

    /** Outside of the heap: zstd writes there, and the page cache reads, without a copy. */
    private ByteBuffer pages(int length) {
      ByteBuffer used = pages;
      if (used == null || used.capacity() < length) {
        used = ByteBuffer.allocateDirect(Math.max(length, TARGET_BYTES));
        pages = used;
      }
      return used.clear().limit(length);
    }

    private int decompress(ByteBuffer to, ByteBuffer from) {
      ZstdDecompressCtx used = context;
      if (used == null) {
        used = new ZstdDecompressCtx();
        context = used;
      }
      int start = from.arrayOffset() + from.position();
      return used.decompressByteArrayToDirectByteBuffer(
          to, 0, to.limit(), from.array(), start, from.remaining());
    }

    @Override
    public void close() {
      if (context != null) {
        context.close();
      }
    }
  }

  /**
   * A group that was decoded.
   *
   * @param bytes the pages, one behind the other, until the next group is decoded
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Decoded(int pageSize, long[] pages, ByteBuffer bytes) {
    /** The same, to be kept. */
    PageGroup group() {
      byte[] copy = new byte[bytes.limit()];
      bytes.get(0, copy);
      return new PageGroup(pageSize, pages, copy);
    }
  }

  /**
   * Reads the body of a frame.
   *
   * @param body on the heap
   * @param what names the object in messages
   * @throws S3VfsException {@code CORRUPT}
   */
  static PageGroup decode(ByteBuffer body, String what) {
    try (Memory memory = new Memory()) {
      return decode(body, what, memory).group();
    }
  }

  /** The same, as one of several. */
  static Decoded decode(ByteBuffer body, String what, Memory memory) {
    Decoder decoder = new Decoder(body, what);
    int codec = decoder.u8();
    int pageSize = (int) decoder.varint(65536, "the page size");
    decoder.check(pageSize >= 512, "the page size is " + pageSize);
    int count = decoder.count("pages");
    decoder.check(
        count >= 1 && (long) count * pageSize <= Frames.MAX_LENGTH, "it has " + count + " pages");
    long[] pages = new long[count];
    long before = 0;
    for (int i = 0; i < count; i++) {
      long step = decoder.varint(Extents.MAX_PAGE, "a page number");
      decoder.check(step > 0 && before + step <= Extents.MAX_PAGE, "its page numbers");
      before += step;
      pages[i] = before;
    }
    int[] checksums = new int[count];
    for (int i = 0; i < count; i++) {
      checksums[i] = decoder.u32();
    }
    ByteBuffer bytes = payload(codec, decoder, memory.pages(count * pageSize), memory);
    for (int i = 0; i < count; i++) {
      bytes.limit((i + 1) * pageSize).position(i * pageSize);
      if (Frames.crc(bytes) != checksums[i]) {
        throw new S3VfsException(
            ErrorKind.CORRUPT, what + " is damaged: wrong checksum of page " + pages[i]);
      }
    }
    return new Decoded(pageSize, pages, bytes.rewind());
  }

  private static ByteBuffer payload(int codec, Decoder decoder, ByteBuffer to, Memory memory) {
    ByteBuffer rest = decoder.rest();
    if (codec == STORED) {
      decoder.check(rest.remaining() == to.limit(), "wrong length");
      return to.put(rest);
    }
    decoder.check(codec == ZSTD, "codec " + codec + " is not known");
    int count;
    try {
      count = memory.decompress(to, rest);
    } catch (ZstdException e) {
      throw decoder.corrupt("zstd: " + e.getMessage());
    } catch (LinkageError e) {
      throw doesNotLoad(e);
    }
    decoder.check(count == to.limit(), "wrong length");
    return to;
  }

  /**
   * Where the bytes of a page begin, or -1 if another page is at the position that the map says.
   */
  int offset(long page, int position, int wantedPageSize) {
    boolean there =
        position < pages.length && pages[position] == page && pageSize == wantedPageSize;
    return there ? position * pageSize : -1;
  }
}
