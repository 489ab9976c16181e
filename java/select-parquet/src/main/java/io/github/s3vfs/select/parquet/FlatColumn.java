package io.github.s3vfs.select.parquet;

import io.github.s3vfs.select.internal.eval.Value;
import java.io.IOException;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ValuesType;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridDecoder;
import org.jspecify.annotations.Nullable;

/** A column with at most one value a row. Pages without a row that is asked for are not decoded. */
final class FlatColumn implements GroupColumn {
  private final ColumnDescriptor leaf;
  private final ColumnType type;
  private final Pages pages;
  private final boolean optional;

  private boolean started;
  private @Nullable Dictionary dictionary;

  private @Nullable ValuesReader values;
  private @Nullable Levels levels;

  /** The row of the next value in the page, and that behind the page. */
  private long next;

  private long end;

  /** Whether there are values: 0 or 1 each. */
  private interface Levels {
    int next() throws IOException;
  }

  FlatColumn(ColumnDescriptor leaf, ColumnType type, Pages pages) {
    this.leaf = leaf;
    this.type = type;
    this.pages = pages;
    this.optional = leaf.getMaxDefinitionLevel() > 0;
  }

  @Override
  public void read(long row, Value out) throws IOException {
    if (!started) {
      started = true;
      DictionaryPage page = pages.readDictionaryPage();
      dictionary = page == null ? null : page.getEncoding().initDictionary(leaf, page);
    }
    while (row >= end) {
      next = end + pages.skip(row - end);
      DataPage page = pages.readPage();
      end = next + page.getValueCount();
      open(page);
    }
    ValuesReader from = values;
    if (from == null) {
      throw new IllegalStateException();
    }
    skip((int) (row - next), from);
    next = row + 1;
    if (levels != null && levels.next() == 0) {
      out.setNull();
    } else {
      type.read(from, out);
    }
  }

  private void skip(int rows, ValuesReader from) throws IOException {
    int count = rows;
    if (levels != null) {
      count = 0;
      for (int i = 0; i < rows; i++) {
        count += levels.next();
      }
    }
    if (count > 0) {
      from.skip(count);
    }
  }

  private void open(DataPage page) throws IOException {
    if (page instanceof DataPageV1 one) {
      ByteBufferInputStream bytes = one.getBytes().toInputStream();
      if (optional) {
        ValuesReader reader =
            one.getDlEncoding().getValuesReader(leaf, ValuesType.DEFINITION_LEVEL);
        reader.initFromPage(one.getValueCount(), bytes);
        levels = reader::readInteger;
      }
      values(one.getValueEncoding(), one.getValueCount(), bytes);
    } else {
      DataPageV2 two = (DataPageV2) page;
      if (optional) {
        BytesInput stored = two.getDefinitionLevels();
        levels = new RunLengthBitPackingHybridDecoder(1, stored.toInputStream())::readInt;
      }
      values(two.getDataEncoding(), two.getValueCount(), two.getData().toInputStream());
    }
  }

  private void values(Encoding encoding, int count, ByteBufferInputStream bytes)
      throws IOException {
    ValuesReader reader;
    if (!encoding.usesDictionary()) {
      reader = encoding.getValuesReader(leaf, ValuesType.VALUES);
    } else if (dictionary != null) {
      reader = encoding.getDictionaryBasedValuesReader(leaf, ValuesType.VALUES, dictionary);
    } else {
      throw new IOException("a page needs a dictionary, and there is none");
    }
    reader.initFromPage(count, bytes);
    values = reader;
  }
}
