package io.github.s3vfs.csv;

import io.github.s3vfs.transfer.ObjectLocation;
import io.github.s3vfs.transfer.ObjectUpload;
import io.github.s3vfs.transfer.S3Objects;
import io.github.s3vfs.transfer.UploadOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/**
 * S3 objects, which appear when all are uploaded, one right after the other, each as a whole. One
 * alone may be a single PUT; of several, all but the last are in parts, however small.
 */
final class ObjectDestination implements Destination {
  private final S3Objects objects;
  private final IntFunction<ObjectLocation> names;
  private final UploadOptions options;
  private final List<ObjectUpload> written = new ArrayList<>();

  /** How many of them have appeared. */
  private int complete;

  ObjectDestination(
      S3Objects objects,
      IntFunction<ObjectLocation> names,
      UploadOptions options,
      CsvExportOptions csv) {
    this.objects = objects;
    this.names = names;
    this.options = described(options, csv);
  }

  /** With what S3 is to say of the objects, where the caller does not say it. */
  private static UploadOptions described(UploadOptions options, CsvExportOptions csv) {
    UploadOptions.Builder builder = options.toBuilder();
    if (options.contentType() == null) {
      builder.contentType(
          "text/csv; charset="
              + csv.format().charset().name().toLowerCase(Locale.ROOT)
              + "; header="
              + (csv.header() ? "present" : "absent")); // RFC 4180, section 3
    }
    if (options.contentEncoding() == null && csv.gzip()) {
      builder.contentEncoding("gzip");
    }
    return builder.build();
  }

  @Override
  public Part open(int number) throws IOException {
    if (!written.isEmpty()) {
      written.get(written.size() - 1).end(); // it is not the last one
    }
    return new ObjectPart(objects.upload(names.apply(number), options));
  }

  @Override
  public void complete() {
    for (ObjectUpload upload : written) {
      upload.complete();
      complete++;
    }
  }

  @Override
  public void undo(Throwable reason) {
    boolean interrupted = Thread.interrupted(); // or nothing could be deleted
    try {
      for (ObjectUpload upload : written.subList(0, complete)) {
        delete(upload.location(), reason);
      }
      for (ObjectUpload upload : written.subList(complete, written.size())) {
        close(upload, reason);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void delete(ObjectLocation location, Throwable reason) {
    try {
      objects.delete(location);
    } catch (RuntimeException e) {
      reason.addSuppressed(e);
    }
  }

  private static void close(ObjectUpload upload, Throwable reason) {
    try {
      upload.close();
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private final class ObjectPart implements Part {
    private final ObjectUpload upload;

    ObjectPart(ObjectUpload upload) {
      this.upload = upload;
    }

    @Override
    public String name() {
      return upload.location().toString();
    }

    @Override
    public OutputStream output() {
      return upload;
    }

    @Override
    public void complete() {
      written.add(upload);
    }

    @Override
    public void abort(Throwable reason) {
      close(upload, reason);
    }
  }
}
