package io.github.s3vfs.benchmark;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.select.S3SelectTables;
import io.github.s3vfs.transfer.ObjectLocation;
import io.github.s3vfs.transfer.ObjectUpload;
import io.github.s3vfs.transfer.S3Objects;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** A step of the demo: an object of CSV joined with the database in S3 by one statement. */
final class CsvJoin {
  private static final List<String> PLACES = List.of("harbour", "hill", "airport", "park", "mill");

  private static final String QUERY =
      """
      SELECT place, count(*) AS readings, max(celsius) AS highest
      FROM station JOIN reading ON reading.station = station.name
      WHERE metres < 100 GROUP BY place ORDER BY place""";

  private final S3Objects objects;
  private final ObjectLocation csv;
  private final String url;
  private final Consumer<String> out;

  CsvJoin(S3Objects objects, S3Location csv, String url, Consumer<String> out) {
    this.objects = objects;
    this.csv = new ObjectLocation(csv.bucket(), csv.key());
    this.url = url;
    this.out = out;
  }

  /** Answers how many readings were joined. */
  long run() throws SQLException, IOException {
    upload();
    String shown = "s3://" + csv.bucket() + "/" + csv.key();
    String create =
        "CREATE VIRTUAL TABLE temp.station USING s3_csv('"
            + shown
            + "',\n  header=true, columns='name TEXT, place TEXT, metres INT')";
    out.accept(shown + ", of " + PLACES.size() + " lines");
    create.lines().forEach(line -> out.accept("sql> " + line));
    QUERY.lines().forEach(line -> out.accept("sql> " + line));
    long readings = 0;
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      var unused = S3SelectTables.of(objects).only(shown).register(connection);
      statement.execute(create);
      try (ResultSet rows = statement.executeQuery(QUERY)) {
        while (rows.next()) {
          readings += rows.getLong(2);
          out.accept(
              String.format(
                  Locale.ROOT,
                  "%-12s %9s %8s",
                  rows.getString(1),
                  rows.getString(2),
                  rows.getString(3)));
        }
      }
    } finally {
      objects.delete(csv);
    }
    return readings;
  }

  private void upload() throws IOException {
    StringBuilder lines = new StringBuilder("name,place,metres\n");
    for (int i = 0; i < PLACES.size(); i++) {
      lines.append("station ").append((char) ('A' + i)).append(',').append(PLACES.get(i));
      lines.append(',').append(i * 40).append('\n');
    }
    try (ObjectUpload upload = objects.upload(csv)) {
      upload.write(lines.toString().getBytes(StandardCharsets.UTF_8));
      upload.complete();
    }
  }
}
