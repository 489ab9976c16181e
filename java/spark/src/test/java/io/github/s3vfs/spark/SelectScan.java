package io.github.s3vfs.spark;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.select.CsvInput;
import io.github.s3vfs.select.S3ObjectSource;
import io.github.s3vfs.select.S3Select;
import io.github.s3vfs.select.ScanRange;
import io.github.s3vfs.select.SelectOptions;
import io.github.s3vfs.select.SelectRows;
import io.github.s3vfs.transfer.ObjectLocation;
import io.github.s3vfs.transfer.S3Objects;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import software.amazon.awssdk.regions.Region;

/** A query of S3 Select over an object of CSV, of which each executor scans some parts. */
final class SelectScan implements Function<long[], long[]> {
  static final String QUERY =
      "SELECT COUNT(*), SUM(CAST(s.id AS INT)) FROM S3Object s WHERE CAST(s.sold AS INT) < 500";
  private static final long serialVersionUID = 1;
  private static final SelectOptions CSV = SelectOptions.DEFAULT.withInput(CsvInput.WITH_HEADER);

  private final String endpoint;
  private final String location;

  private SelectScan(URI endpoint, String location) {
    this.endpoint = endpoint.toString();
    this.location = location;
  }

  /** The VFS of this process, whose client reads objects. */
  static synchronized S3Vfs vfs(String endpoint) {
    return S3Vfs.find("scan")
        .orElseGet(
            () ->
                S3Vfs.builder()
                    .name("scan")
                    .endpoint(URI.create(endpoint))
                    .region(Region.US_EAST_1)
                    .pathStyle(true)
                    .register());
  }

  /** The URL of a database by that VFS, which has nothing of it in memory before. */
  static String cold(StoreProcess store, String url) {
    return url.replace("vfs=s3", "vfs=" + vfs(store.endpoint().toString()).name());
  }

  private S3ObjectSource source() {
    return S3ObjectSource.of(S3Objects.of(vfs(endpoint)), ObjectLocation.parse(location));
  }

  /**
   * Runs the query over splits.
   *
   * @return for each {@code process count sum}
   */
  static List<long[]> run(JavaSparkContext spark, URI endpoint, String location, int splits) {
    SelectScan scan = new SelectScan(endpoint, location);
    List<long[]> ranges = new ArrayList<>();
    for (ScanRange each : S3Select.splits(scan.source(), splits, CSV)) {
      ranges.add(new long[] {each.start(), each.end()});
    }
    return spark.parallelize(ranges, ranges.size()).map(scan).collect();
  }

  @Override
  public long[] call(long[] range) {
    SelectOptions options = CSV.withScanRange(new ScanRange(range[0], range[1]));
    try (SelectRows rows = S3Select.query(QUERY, source(), options)) {
      boolean unused = rows.next();
      return new long[] {
        ProcessHandle.current().pid(), rows.getLong(0), rows.isNull(1) ? 0 : rows.getLong(1)
      };
    }
  }
}
