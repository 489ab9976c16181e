package io.github.s3vfs.select.parquet;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import java.io.EOFException;
import java.io.IOException;
import java.util.zip.CRC32;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/**
 * The pages of a chunk, one after the other, decompressed when they are asked for. What a decoder
 * would take for a size is checked before, so that damaged bytes do not fill the memory.
 */
final class Pages implements PageReader {
  /** The largest page that is read. Most writers end a page at 1 MiB, DuckDB at 100 MB. */
  private static final int MAX_PAGE = 256 << 20;

  /** Bytes of memory that a value of a dictionary takes beside its own. */
  private static final int DICTIONARY_VALUE = 40;

  private final Chunk chunk;
  private final ChunkInput input;
  private final Codec codec;
  private final ColumnDescriptor leaf;
  private final InputCount count;
  private final int maxValueBytes;
  private final Statistics<?> none;
  private final long values;

  private long left;
  private @Nullable PageHeader header;

  Pages(Chunk chunk, ChunkInput input, InputCount count, int maxValueBytes) {
    this.chunk = chunk;
    this.input = input;
    this.codec = Codec.of(chunk);
    this.leaf = chunk.leaf();
    this.count = count;
    this.maxValueBytes = maxValueBytes;
    this.none = Statistics.getBuilderForReading(leaf.getPrimitiveType()).build();
    this.values = chunk.readable().getNum_values();
    this.left = values;
  }

  @Override
  public long getTotalValueCount() {
    return values;
  }

  /** The header of the page to come; null at the end. */
  private @Nullable PageHeader header() throws IOException {
    PageHeader known = header;
    while (known == null && input.left() > 0 && left > 0) {
      PageHeader read = Util.readPageHeader(input);
      int size = read.getCompressed_page_size();
      if (size < 0 || size > input.left()) {
        throw new EOFException("a page of " + size + " bytes of " + input.left());
      }
      int full = read.getUncompressed_page_size();
      if (full < 0 || full > MAX_PAGE) {
        throw new IOException("a page of " + full + " bytes: it can have " + MAX_PAGE);
      }
      if (read.getType() == PageType.INDEX_PAGE) {
        input.skipNBytes(size);
      } else {
        known = read;
      }
    }
    header = known;
    return known;
  }

  @Override
  public @Nullable DictionaryPage readDictionaryPage() {
    try {
      PageHeader next = header();
      if (next == null || next.getType() != PageType.DICTIONARY_PAGE) {
        return null;
      }
      byte[] body = body(next);
      DictionaryPageHeader dictionary = next.getDictionary_page_header();
      int size = dictionary.getNum_values();
      int full = next.getUncompressed_page_size();
      checkDictionary(leaf.getPrimitiveType(), size, full);
      byte[] bytes = codec.decompress(body, 0, body.length, full);
      return new DictionaryPage(BytesInput.from(bytes), size, encoding(dictionary.getEncoding()));
    } catch (IOException | RuntimeException e) {
      throw Failures.damaged(chunk.name(), e);
    }
  }

  /** Before memory is taken for the values of a dictionary. */
  static void checkDictionary(PrimitiveType type, int size, int full) throws IOException {
    int least =
        switch (type.getPrimitiveTypeName()) {
          case INT64, DOUBLE -> Long.BYTES;
          case INT96 -> Long.BYTES + Integer.BYTES;
          case FIXED_LEN_BYTE_ARRAY -> type.getTypeLength();
          default -> Integer.BYTES;
        };
    if (size < 0 || size * (long) least > full) {
      throw new IOException("a dictionary of " + size + " values in " + full + " bytes");
    } else if (full + size * (long) DICTIONARY_VALUE > MAX_PAGE) {
      throw new IOException(
          "a dictionary of %d values and %d bytes: with %d for each value it can have %d"
              .formatted(size, full, DICTIONARY_VALUE, MAX_PAGE));
    }
  }

  /** Goes past whole pages that have no more values than this in sum; how many they had. */
  long skip(long most) {
    try {
      long skipped = 0;
      PageHeader next = header();
      while (next != null) {
        int size = valueCount(next);
        if (skipped + size > most) {
          break;
        }
        input.skipNBytes(next.getCompressed_page_size());
        header = null;
        left -= size;
        skipped += size;
        next = header();
      }
      return skipped;
    } catch (IOException | RuntimeException e) {
      throw Failures.damaged(chunk.name(), e);
    }
  }

  private int valueCount(PageHeader page) throws IOException {
    int size =
        switch (page.getType()) {
          case DATA_PAGE -> page.getData_page_header().getNum_values();
          case DATA_PAGE_V2 -> page.getData_page_header_v2().getNum_values();
          default -> throw new IOException("a page of type " + page.getType() + " between others");
        };
    if (size < 0 || size > left) {
      throw new IOException("a page of " + size + " values where " + left + " are left");
    }
    return size;
  }

  @Override
  public DataPage readPage() {
    try {
      PageHeader next = header();
      if (next == null) {
        throw new EOFException("the pages end with " + left + " values to come");
      }
      int size = valueCount(next);
      byte[] body = body(next);
      left -= size;
      return next.getType() == PageType.DATA_PAGE
          ? version1(next, next.getData_page_header(), body)
          : version2(next, next.getData_page_header_v2(), body);
    } catch (IOException | RuntimeException e) {
      throw Failures.damaged(chunk.name(), e);
    }
  }

  private byte[] body(PageHeader page) throws IOException {
    header = null;
    byte[] body = Tail.bytes(input, page.getCompressed_page_size());
    if (page.isSetCrc()) {
      CRC32 crc = new CRC32();
      crc.update(body);
      if ((int) crc.getValue() != page.getCrc()) {
        throw new IOException("a page has another checksum than is stored with it");
      }
    }
    count.add(page.getUncompressed_page_size());
    return body;
  }

  private DataPage version1(PageHeader page, DataPageHeader of, byte[] body) throws IOException {
    byte[] bytes = codec.decompress(body, 0, body.length, page.getUncompressed_page_size());
    Encoding repetition = encoding(of.getRepetition_level_encoding());
    Encoding definition = encoding(of.getDefinition_level_encoding());
    Encoding encoding = encoding(of.getEncoding());
    EncodedSizes sizes = new EncodedSizes(bytes, of.getNum_values(), maxValueBytes);
    sizes.levels(repetition, leaf.getMaxRepetitionLevel());
    sizes.levels(definition, leaf.getMaxDefinitionLevel());
    sizes.values(encoding);
    return new DataPageV1(
        BytesInput.from(bytes),
        of.getNum_values(),
        bytes.length,
        none,
        repetition,
        definition,
        encoding);
  }

  private DataPage version2(PageHeader page, DataPageHeaderV2 of, byte[] body) throws IOException {
    int repetition = of.getRepetition_levels_byte_length();
    int definition = of.getDefinition_levels_byte_length();
    if (repetition < 0 || definition < 0 || repetition > body.length - definition) {
      throw new EOFException("levels that are longer than their page");
    }
    int before = repetition + definition;
    int size = page.getUncompressed_page_size() - before;
    if (size < 0) {
      throw new EOFException("levels that are longer than their page");
    }
    boolean compressed = !of.isSetIs_compressed() || of.isIs_compressed();
    byte[] bytes =
        (compressed ? codec : Codec.UNCOMPRESSED)
            .decompress(body, before, body.length - before, size);
    Encoding encoding = encoding(of.getEncoding());
    byte[] repetitions = java.util.Arrays.copyOf(body, repetition);
    byte[] definitions = java.util.Arrays.copyOfRange(body, repetition, before);
    int values = of.getNum_values();
    new EncodedSizes(repetitions, values, maxValueBytes).runs(leaf.getMaxRepetitionLevel());
    new EncodedSizes(definitions, values, maxValueBytes).runs(leaf.getMaxDefinitionLevel());
    new EncodedSizes(bytes, values, maxValueBytes).values(encoding);
    return DataPageV2.uncompressed(
        of.getNum_rows(),
        of.getNum_nulls(),
        values,
        BytesInput.from(repetitions),
        BytesInput.from(definitions),
        encoding,
        BytesInput.from(bytes),
        none);
  }

  private Encoding encoding(org.apache.parquet.format.Encoding stored) {
    Encoding encoding = Encoding.valueOf(stored.name());
    if (encoding == Encoding.DELTA_BYTE_ARRAY && count.hasDependentPages()) {
      throw new SelectException(
          SelectError.PARQUET_PARSING_ERROR,
          chunk.name()
              + " was written by a parquet-mr before 1.8.0, whose pages of DELTA_BYTE_ARRAY are not"
              + " read (PARQUET-246)");
    }
    return encoding;
  }
}
