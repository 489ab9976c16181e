package io.github.s3vfs.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** The examples of the README, and of other documents, compiled as they stand there. */
public final class ReadmeExample {
  private ReadmeExample() {}

  /**
   * Compiles one, with all warnings on.
   *
   * @param name of its class; in the README it stands between {@code <!-- example NAME -->} and
   *     {@code <!-- /example -->}
   * @param directory gets the source and the classes
   * @return the class, loaded anew
   * @throws AssertionError if the README has no such example, or it does not compile
   */
  public static Class<?> compiled(String name, Path directory)
      throws IOException, ClassNotFoundException {
    return compiled("README.md", "example " + name, name, directory);
  }

  /**
   * The same for one of another document.
   *
   * @param document its path from the repository's root
   */
  public static Class<?> compiledOf(String document, String name, Path directory)
      throws IOException, ClassNotFoundException {
    return compiled(document, "example " + name, name, directory);
  }

  /** The same for the first one, which is marked {@code <!-- example -->} without a name. */
  public static Class<?> first(String name, Path directory)
      throws IOException, ClassNotFoundException {
    return compiled("README.md", "example", name, directory);
  }

  private static Class<?> compiled(String document, String marker, String name, Path directory)
      throws IOException, ClassNotFoundException {
    Path file = Files.writeString(directory.resolve(name + ".java"), text(document, marker));
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    String[] arguments = {"-Xlint:all", "-d", directory.toString(), file.toString()};
    int result = ToolProvider.getSystemJavaCompiler().run(null, messages, messages, arguments);
    if (result != 0) {
      throw new AssertionError(name + ": " + messages.toString(StandardCharsets.UTF_8));
    }
    URL[] classes = {directory.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(classes)) {
      return loader.loadClass(name);
    }
  }

  private static String text(String document, String marker) throws IOException {
    Matcher matcher =
        Pattern.compile(
                "<!-- " + marker + " -->\\s*```java\\n(.*?)```\\s*<!-- /example -->",
                Pattern.DOTALL)
            .matcher(Files.readString(root().resolve(document)));
    if (!matcher.find()) {
      throw new AssertionError(document + " has no " + marker);
    }
    return matcher.group(1);
  }

  /** The repository's root, a parent of the working directory. */
  private static Path root() {
    @Nullable Path at = Path.of("").toAbsolutePath();
    while (at != null && !Files.exists(at.resolve("mvnw"))) {
      at = at.getParent();
    }
    if (at == null) {
      throw new AssertionError("no mvnw in the working directory and its parents");
    }
    return at;
  }
}
