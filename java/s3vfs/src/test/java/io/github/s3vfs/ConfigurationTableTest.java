package io.github.s3vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.jdbc.S3VfsDriver;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of settings in docs/CONFIGURATION.md, against the code. */
class ConfigurationTableTest {
  private static final Path FILE = Path.of("../../docs/CONFIGURATION.md");
  private static final Pattern BUILDER = Pattern.compile("`(\\w+)\\(([^)]*)\\)`");
  private static final Pattern KNOWN = Pattern.compile("known are ((?:[a-z_]+, )*[a-z_]+)");

  private static List<String[]> rows() throws IOException {
    return Files.readAllLines(FILE).stream()
        .takeWhile(line -> !line.startsWith("## System"))
        .filter(line -> line.startsWith("| ") && !line.startsWith("| builder"))
        .map(line -> line.split("\\|", -1))
        .toList();
  }

  @Test
  void hasEveryMethodOfTheBuilderWithItsArguments() throws IOException {
    Set<String> documented = new TreeSet<>();
    for (String[] row : rows()) {
      Matcher matcher = BUILDER.matcher(row[1]);
      if (matcher.find()) {
        documented.add(matcher.group(1) + "(" + matcher.group(2) + ")");
      }
    }
    Set<String> there =
        Arrays.stream(S3Vfs.Builder.class.getDeclaredMethods())
            .filter(m -> Modifier.isPublic(m.getModifiers()) && !m.getName().equals("register"))
            .map(ConfigurationTableTest::signature)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(there, documented);
  }

  private static String signature(Method method) {
    return Arrays.stream(method.getParameterTypes())
        .map(Class::getSimpleName)
        .collect(Collectors.joining(", ", method.getName() + "(", ")"));
  }

  @Test
  void hasEveryUrlParameter() throws IOException {
    Set<String> documented = new TreeSet<>();
    for (String[] row : rows()) {
      String parameter = row[2].strip().replace("`", "");
      if (!parameter.isEmpty() && !parameter.equals("vfs")) {
        documented.add(parameter);
      }
    }
    SQLException e =
        assertThrows(
            SQLException.class,
            () ->
                new S3VfsDriver()
                    .connect("jdbc:sqlite:file:/bucket/key?vfs=s3&no_such=1", new Properties()));
    Matcher known = KNOWN.matcher(String.valueOf(e.getMessage()));
    assertTrue(known.find(), e.getMessage());
    assertEquals(new TreeSet<>(Arrays.asList(known.group(1).split(", "))), documented);
  }

  @Test
  void hasTheDefaultsOfTheCode() throws IOException {
    S3VfsConfig defaults = S3VfsConfig.named("s3");
    assertEquals(defaults.name(), defaultOf("name"));
    assertEquals(defaults.client().retries() + "", defaultOf("retries"));
    assertEquals(defaults.parallelism() + "", defaultOf("parallelism"));
    assertEquals(
        defaults.client().connectTimeout().toSeconds() + " s", defaultOf("connectTimeout"));
    assertEquals(
        defaults.client().requestTimeout().toSeconds() + " s", defaultOf("requestTimeout"));
    assertEquals(defaults.leaseTerm().toSeconds() + " s", defaultOf("leaseTerm"));
    assertEquals((defaults.cacheSizeBytes() >> 20) + " MiB", defaultOf("cacheSizeBytes"));
    assertEquals((defaults.cacheDirBytes() >> 30) + " GiB", defaultOf("cacheDirBytes"));
    assertEquals((defaults.writeBufferBytes() >> 20) + " MiB", defaultOf("writeBufferBytes"));
    assertEquals(defaults.maxStaleness().toMillis() + "", defaultOf("maxStaleness"));
  }

  private static String defaultOf(String method) throws IOException {
    for (String[] row : rows()) {
      if (row[1].strip().startsWith("`" + method + "(")) {
        return row[3].strip().replace("`", "");
      }
    }
    throw new AssertionError("no row for " + method);
  }
}
