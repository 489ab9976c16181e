package io.github.s3vfs.csv;

import io.github.s3vfs.transfer.LocalResult;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Files, each written beside its place, and all put there in the end. */
final class FileDestination implements Destination {
  private final IntFunction<Path> names;
  private final List<LocalResult> complete = new ArrayList<>();

  FileDestination(IntFunction<Path> names) {
    this.names = names;
  }

  @Override
  public Part open(int number) throws IOException {
    return new FilePart(LocalResult.of(names.apply(number), true));
  }

  @Override
  public void complete() throws IOException {
    for (LocalResult result : complete) {
      result.check();
    }
    for (LocalResult result : complete) {
      result.put();
    }
    complete.clear();
  }

  @Override
  public void undo(Throwable reason) {
    for (LocalResult result : complete) {
      close(result, reason); // those that were put in their places stay there
    }
  }

  private static void close(AutoCloseable closeable, Throwable reason) {
    try {
      closeable.close();
    } catch (Exception e) {
      reason.addSuppressed(e);
    }
  }

  private final class FilePart implements Part {
    private final LocalResult result;
    private final OutputStream output;

    FilePart(LocalResult result) {
      this.result = result;
      this.output = result.output();
    }

    @Override
    public String name() {
      return result.file().toString();
    }

    @Override
    public OutputStream output() {
      return output;
    }

    @Override
    public void complete() throws IOException {
      output.close();
      complete.add(result);
    }

    @Override
    public void abort(Throwable reason) {
      close(result, reason);
    }
  }
}
