package io.github.s3vfs.select;

import io.github.s3vfs.select.internal.eval.JsonText;
import io.github.s3vfs.select.internal.eval.Kind;
import io.github.s3vfs.select.internal.eval.Text;
import io.github.s3vfs.select.internal.eval.Value;
import io.github.s3vfs.select.internal.io.ByteSink;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Rows as CSV or JSON. */
final class RowWriter {
  private static final int FLUSH = 64 << 10;
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};

  private final Execution execution;
  private final OutputFormat format;
  private final Dialect dialect;
  private final ByteSink sink = new ByteSink(FLUSH + 1024);
  private long written;

  RowWriter(Execution execution, SelectOptions options) {
    this.execution = execution;
    this.format = options.output();
    this.dialect = options.dialect();
  }

  long write(OutputStream target) throws IOException {
    if (format instanceof CsvOutput csv) {
      csv(csv, target);
    } else {
      json((JsonOutput) format, target);
    }
    flush(target);
    target.flush();
    return written;
  }

  private void flush(OutputStream target) throws IOException {
    target.write(sink.array(), 0, sink.length());
    written += sink.length();
    sink.truncate(0);
  }

  private void csv(CsvOutput csv, OutputStream target) throws IOException {
    byte[] field = csv.fieldDelimiter().getBytes(StandardCharsets.UTF_8);
    byte[] record = csv.recordDelimiter().getBytes(StandardCharsets.UTF_8);
    QuoteFields chosen = csv.quoteFields();
    QuoteFields quotes =
        chosen != null
            ? chosen
            : dialect == Dialect.CEPH ? QuoteFields.NEVER : QuoteFields.ASNEEDED;
    CsvQuotes quoting = new CsvQuotes(csv, quotes);
    while (execution.next()) {
      int count = execution.columnCount();
      for (int i = 0; i < count; i++) {
        if (i > 0) {
          sink.put(field);
        }
        Value value = execution.value(i);
        int start = sink.length();
        if (value.kind() != Kind.NULL) {
          Text.write(value, sink);
        } else if (!execution.isOfStar(i)) {
          sink.put(NULL);
        }
        if (quotes != QuoteFields.NEVER) {
          quoting.apply(sink, start);
        }
      }
      if (!execution.isAggregate()) {
        sink.put(record);
      }
      if (sink.length() >= FLUSH) {
        flush(target);
      }
    }
  }

  private void json(JsonOutput json, OutputStream target) throws IOException {
    byte[] record = json.recordDelimiter().getBytes(StandardCharsets.UTF_8);
    while (execution.next()) {
      int count = execution.columnCount();
      sink.put('{');
      for (int i = 0; i < count; i++) {
        if (i > 0) {
          sink.put(',');
        }
        byte[] name = execution.columnName(i).getBytes(StandardCharsets.UTF_8);
        JsonText.string(name, 0, name.length, sink);
        sink.put(':');
        JsonText.value(execution.value(i), sink);
      }
      sink.put('}');
      sink.put(record);
      if (sink.length() >= FLUSH) {
        flush(target);
      }
    }
  }
}
