package io.github.s3vfs.csv;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Files, each written beside its place, and all put there in the end. */
final class FileDestination implements Destination {
  private final IntFunction<Path> names;
  private final List<FilePart> complete = new ArrayList<>();

  FileDestination(IntFunction<Path> names) {
    this.names = names;
  }

  @Override
  public Part open(int number) throws IOException {
    Path file = names.apply(number);
    refuseDirectory(file);
    Path beside = PartFile.beside(file);
    try {
      return new FilePart(file, beside, Files.newOutputStream(beside));
    } catch (IOException e) {
      delete(beside, e);
      throw e;
    }
  }

  @Override
  public void complete() throws IOException {
    for (FilePart part : complete) {
      refuseDirectory(part.file);
    }
    for (FilePart part : complete) {
      PartFile.move(part.beside, part.file);
    }
    complete.clear();
  }

  @Override
  public void undo(Throwable reason) {
    for (FilePart part : complete) {
      delete(part.beside, reason); // those that were put in their places stay there
    }
  }

  /** One that is empty would be replaced. */
  private static void refuseDirectory(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + " is a directory");
    }
  }

  private static void delete(Path file, Throwable reason) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private final class FilePart implements Part {
    private final Path file;
    private final Path beside;
    private final OutputStream output;

    FilePart(Path file, Path beside, OutputStream output) {
      this.file = file;
      this.beside = beside;
      this.output = output;
    }

    @Override
    public String name() {
      return file.toString();
    }

    @Override
    public OutputStream output() {
      return output;
    }

    @Override
    public void complete() throws IOException {
      output.close();
      complete.add(this);
    }

    @Override
    public void abort(Throwable reason) {
      try {
        output.close();
      } catch (IOException e) {
        reason.addSuppressed(e);
      }
      delete(beside, reason);
    }
  }
}
