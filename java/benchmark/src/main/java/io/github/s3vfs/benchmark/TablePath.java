package io.github.s3vfs.benchmark;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The pages of a database file that SQLite must read to find a row by its rowid: those from the
 * root of the table's B-tree to a leaf (https://sqlite.org/fileformat2.html, "B-tree Pages").
 * Without the pages of long values. For one thread.
 */
final class TablePath implements AutoCloseable {
  private static final int INTERIOR = 5;
  private static final int INTERIOR_HEADER = 12;
  private static final int FILE_HEADER = 100;

  private final FileChannel file;
  private final long root;

  private TablePath(FileChannel file, long root) {
    this.file = file;
    this.root = root;
  }

  /** Opens a database whose pages have the size {@link ItemTable#PAGE_SIZE}. */
  static TablePath open(Path file, String table) throws IOException, SQLException {
    long root;
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        PreparedStatement statement =
            connection.prepareStatement("SELECT rootpage FROM sqlite_schema WHERE name = ?")) {
      statement.setString(1, table);
      try (ResultSet result = statement.executeQuery()) {
        root = result.getLong(1);
      }
    }
    return new TablePath(FileChannel.open(file), root);
  }

  /** The numbers of the pages, the root first. */
  List<Long> pages(long rowid) throws IOException {
    List<Long> pages = new ArrayList<>();
    long page = root;
    while (true) {
      pages.add(page);
      ByteBuffer content = read(page);
      int header = page == 1 ? FILE_HEADER : 0;
      if (content.get(header) != INTERIOR) {
        return pages;
      }
      page = child(content, header, rowid);
    }
  }

  /** The first child whose key is not less; keys ascend. */
  private static long child(ByteBuffer page, int header, long rowid) {
    int low = 0;
    int high = page.getShort(header + 3) & 0xffff;
    int cells = high;
    while (low < high) {
      int middle = (low + high) / 2;
      if (varint(page, cell(page, header, middle) + 4) < rowid) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    int pointer = low < cells ? cell(page, header, low) : header + 8;
    return page.getInt(pointer) & 0xffff_ffffL;
  }

  private static int cell(ByteBuffer page, int header, int number) {
    return page.getShort(header + INTERIOR_HEADER + 2 * number) & 0xffff;
  }

  /** One of at most eight bytes. */
  private static long varint(ByteBuffer page, int offset) {
    long value = 0;
    for (int i = offset; ; i++) {
      value = (value << 7) | (page.get(i) & 0x7f);
      if (page.get(i) >= 0) {
        return value;
      }
    }
  }

  private ByteBuffer read(long page) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(ItemTable.PAGE_SIZE);
    while (content.hasRemaining()) {
      long position = (page - 1) * ItemTable.PAGE_SIZE + content.position();
      if (file.read(content, position) < 0) {
        throw new EOFException("page " + page);
      }
    }
    return content;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
