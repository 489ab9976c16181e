package io.github.s3vfs.internal.diskcache;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a disk cache, which only its owner may write to; who could write there could
 * make up pages. Where there are no POSIX permissions, as on Windows, its rights are not looked at.
 * Files in it that are not named as slabs are left alone. Thread-safe.
 */
final class CacheDirectory {
  private static final Pattern SLAB = Pattern.compile("s3vfs-[0-9a-f]{32}\\.slab");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String SETTING = "cacheDir=";

  private final Path path;

  /** A file that is named as slabs are. */
  record Found(Path path, long bytes, long modified) {}

  private CacheDirectory(Path path) {
    this.path = path;
  }

  /**
   * Makes the directory, for its owner only, unless it is there.
   *
   * @throws S3VfsException {@code INVALID}, naming it, if that is not possible or others may write
   *     to it
   */
  static CacheDirectory open(Path path) {
    CacheDirectory directory = new CacheDirectory(path.toAbsolutePath());
    directory.prepare();
    return directory;
  }

  /** As {@link #open}, for a directory that may have been deleted since. */
  void prepare() {
    try {
      if (!Files.isDirectory(path)) {
        Files.createDirectories(path, ownerOnly("rwx------"));
      }
      refuseOthers();
    } catch (IOException e) {
      throw new S3VfsException(
          ErrorKind.INVALID, SETTING + path + " cannot be made or looked at: " + e, e);
    }
  }

  private void refuseOthers() throws IOException {
    if (!hasPosix(path)) {
      return;
    }
    PosixFileAttributes found = Files.readAttributes(path, PosixFileAttributes.class);
    Set<PosixFilePermission> rights = found.permissions();
    if (rights.contains(PosixFilePermission.GROUP_WRITE)
        || rights.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw refused("others may write to it: " + PosixFilePermissions.toString(rights));
    }
    UserPrincipal self = self();
    boolean own = found.owner().equals(self) || found.owner().getName().equals("root");
    if (!own) {
      throw refused("it belongs to " + found.owner() + ", not to " + self);
    }
  }

  private S3VfsException refused(String why) {
    return new S3VfsException(
        ErrorKind.INVALID,
        SETTING + path + " is refused: " + why + "; expected rwx------, and your own");
  }

  /** Who this process is to the file system: the owner of what it makes, if it can. */
  @SuppressWarnings("try") // the file is there as long as it is open
  private @Nullable UserPrincipal self() throws IOException {
    Path probe = path.resolve("s3vfs-" + random() + ".probe");
    Set<OpenOption> options =
        Set.of(
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    try (SeekableByteChannel unused =
        Files.newByteChannel(probe, options, ownerOnly("rw-------"))) {
      return Files.getOwner(probe, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      // It may be read, if it is this user's all the same.
    }
    try {
      String name = System.getProperty("user.name");
      return path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name);
    } catch (IOException | UnsupportedOperationException e) {
      return null;
    }
  }

  /** A name that no slab has had. */
  Path newSlab() {
    return path.resolve("s3vfs-" + random() + ".slab");
  }

  private static String random() {
    byte[] name = new byte[16];
    RANDOM.nextBytes(name);
    return HexFormat.of().formatHex(name);
  }

  /**
   * All slabs, oldest first.
   *
   * @throws IOException if the directory cannot be listed
   */
  List<Found> slabs() throws IOException {
    List<Found> slabs = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(path, CacheDirectory::isSlab)) {
      for (Path file : files) {
        Found found = look(file);
        if (found != null) {
          slabs.add(found);
        }
      }
    }
    slabs.sort(Comparator.comparingLong(Found::modified).thenComparing(Found::path));
    return slabs;
  }

  private static boolean isSlab(Path file) {
    return SLAB.matcher(String.valueOf(file.getFileName())).matches();
  }

  private static @Nullable Found look(Path file) throws IOException {
    try {
      BasicFileAttributes found =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return found.isRegularFile()
          ? new Found(file, found.size(), found.lastModifiedTime().toMillis())
          : null;
    } catch (NoSuchFileException e) {
      return null; // another process has deleted it
    }
  }

  private static boolean hasPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private FileAttribute<?>[] ownerOnly(String rights) {
    return ownerOnly(path, rights);
  }

  /** For what is to be made on a path's file system. */
  static FileAttribute<?>[] ownerOnly(Path path, String rights) {
    return hasPosix(path)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))
        }
        : new FileAttribute<?>[0];
  }

  /** Where it is. */
  @Override
  public String toString() {
    return path.toString();
  }
}
