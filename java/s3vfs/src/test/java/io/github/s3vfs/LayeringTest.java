package io.github.s3vfs;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.PROTECTED;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Who may import whom; see "Packages of the jar" in ARCHITECTURE.md. */
class LayeringTest {
  private static final String ROOT = "io.github.s3vfs";
  private static final String INTERNAL = ROOT + ".internal..";
  private static final String AWS = "software.amazon.awssdk..";
  private static final Set<String> VALUES =
      Set.of(
          "S3Location",
          "S3VfsConfig",
          "S3ClientConfig",
          "S3RequestConfig",
          "S3VfsStats",
          "S3VfsException",
          "Layout",
          "S3Version",
          "ErrorKind");

  /** All of this module's main code, and nothing else. */
  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .importUrl(S3Vfs.class.getProtectionDomain().getCodeSource().getLocation());

  private static boolean isValue(JavaClass type) {
    JavaClass named = type.getBaseComponentType();
    return named.getPackageName().equals(ROOT) && VALUES.contains(outermost(named));
  }

  /** The simple name of the class whose source file this is. */
  private static String outermost(JavaClass type) {
    return type.getName().substring(type.getPackageName().length() + 1).replaceFirst("\\$.*", "");
  }

  private static DescribedPredicate<JavaClass> values() {
    return DescribedPredicate.describe("value classes", LayeringTest::isValue);
  }

  private static DescribedPredicate<JavaClass> face() {
    return DescribedPredicate.describe(
        "S3Vfs and what else is no value",
        type -> type.getPackageName().equals(ROOT) && !isValue(type));
  }

  @Test
  void thereIsSomethingToLookAt() {
    assertTrue(MAIN.contain(S3Vfs.class));
    assertTrue(MAIN.size() > 50);
  }

  @Test
  void importsGoDownwardOnly() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage(ROOT + "..")
        .layer("values")
        .definedBy(values())
        .layer("face")
        .definedBy(face())
        .layer("jdbc")
        .definedBy(ROOT + ".jdbc..")
        .layer("transfer")
        .definedBy(ROOT + ".transfer..")
        .layer("micrometer")
        .definedBy(ROOT + ".micrometer..")
        .optionalLayer("blob")
        .definedBy(ROOT + ".blob..")
        .layer("table")
        .definedBy(ROOT + ".table")
        .layer("rows")
        .definedBy(ROOT + ".table.spi..")
        .layer("jna")
        .definedBy(ROOT + ".internal.jna..")
        .layer("vfs")
        .definedBy(ROOT + ".internal.vfs..")
        .layer("layout")
        .definedBy(ROOT + ".internal.layout")
        .layer("layouts")
        .definedBy(ROOT + ".internal.layout.*..")
        .layer("readahead")
        .definedBy(ROOT + ".internal.readahead..")
        .layer("store")
        .definedBy(ROOT + ".internal.store")
        .layer("diskcache")
        .definedBy(ROOT + ".internal.diskcache..")
        .layer("crt")
        .definedBy(ROOT + ".internal.store.crt..")
        .whereLayer("transfer")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("micrometer")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("table")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("rows")
        .mayOnlyBeAccessedByLayers("table", "jna")
        .whereLayer("blob")
        .mayOnlyBeAccessedByLayers("transfer", "jdbc")
        .whereLayer("jdbc")
        .mayOnlyBeAccessedByLayers("transfer")
        .whereLayer("face")
        .mayOnlyBeAccessedByLayers("jdbc", "transfer", "micrometer", "blob")
        .whereLayer("jna")
        .mayOnlyBeAccessedByLayers("face", "blob", "table")
        .whereLayer("vfs")
        .mayOnlyBeAccessedByLayers("face", "jdbc", "transfer", "blob", "jna")
        .whereLayer("layouts")
        .mayOnlyBeAccessedByLayers("vfs")
        .whereLayer("layout")
        .mayOnlyBeAccessedByLayers("jna", "vfs", "layouts", "transfer")
        .whereLayer("readahead")
        .mayOnlyBeAccessedByLayers("layouts")
        .whereLayer("store")
        .mayOnlyBeAccessedByLayers("face", "transfer", "vfs", "layouts", "crt", "diskcache")
        .whereLayer("diskcache")
        .mayOnlyBeAccessedByLayers("vfs", "layouts")
        .whereLayer("crt")
        .mayOnlyBeAccessedByLayers("face")
        .check(MAIN);
  }

  @Test
  void theValuesImportNothingOfTheProject() {
    classes()
        .that(values())
        .should()
        .onlyDependOnClassesThat(values().or(DescribedPredicate.not(resideInAPackage(ROOT + ".."))))
        .check(MAIN);
  }

  @Test
  void packagesHaveNoCycles() {
    slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass type) {
                String part = isValue(type) ? "values" : "all";
                return SliceIdentifier.of(type.getPackageName(), part);
              }

              @Override
              public String getDescription() {
                return "packages, with the root package's values as one of their own";
              }
            })
        .should()
        .beFreeOfCycles()
        .check(MAIN);
  }

  @Test
  void jnaIsInItsPackageOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".internal.jna..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.sun.jna..")
        .check(MAIN);
  }

  @Test
  void micrometerIsInItsPackageOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".micrometer..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.micrometer..")
        .check(MAIN);
  }

  @Test
  void theAwsSdkIsInItsPackageOnlyButForThreeNamesOfTheBuilder() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".internal.store.crt..")
        .and(DescribedPredicate.not(face()))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(AWS)
        .check(MAIN);
    Set<String> named = new TreeSet<>();
    for (JavaClass type : MAIN) {
      if (face().test(type)) {
        type.getDirectDependenciesFromSelf().stream()
            .map(dependency -> dependency.getTargetClass())
            .filter(resideInAPackage(AWS))
            .forEach(target -> named.add(outermost(type) + " " + target.getSimpleName()));
      }
    }
    assertEquals(
        Set.of("S3Vfs AwsCredentialsProvider", "S3Vfs Region", "S3Vfs S3AsyncClient"), named);
  }

  @Test
  void nothingPublicShowsInternalTypes() {
    Set<String> shown = new TreeSet<>();
    for (JavaClass type : MAIN) {
      if (type.getModifiers().contains(PUBLIC) && !resideInAPackage(INTERNAL).test(type)) {
        Stream<JavaType> supertypes =
            Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
        supertypes.forEach(supertype -> collectInternal(supertype, type.getName(), shown));
        type.getMembers().stream()
            .filter(LayeringTest::isVisible)
            .forEach(member -> collectInternal(member, shown));
      }
    }
    assertEquals(Set.of(), shown);
  }

  private static boolean isVisible(JavaMember member) {
    return member.getModifiers().contains(PUBLIC) || member.getModifiers().contains(PROTECTED);
  }

  private static void collectInternal(JavaMember member, Set<String> shown) {
    if (member instanceof JavaCodeUnit unit) {
      collectInternal(unit.getReturnType(), unit.getFullName(), shown);
      unit.getParameterTypes().forEach(type -> collectInternal(type, unit.getFullName(), shown));
      unit.getExceptionTypes().forEach(type -> collectInternal(type, unit.getFullName(), shown));
    } else {
      member.getAllInvolvedRawTypes().stream()
          .filter(type -> !type.equals(member.getOwner()))
          .forEach(type -> collectInternal(type, member.getFullName(), shown));
    }
  }

  /** Adds the name of whatever mentions an internal type, also as a type argument. */
  private static void collectInternal(JavaType type, String where, Set<String> shown) {
    for (JavaClass raw : type.getAllInvolvedRawTypes()) {
      if (resideInAPackage(INTERNAL).test(raw)) {
        shown.add(where + " shows " + raw.getName());
      }
    }
  }

  @Test
  void everyPackageIsNullMarkedAndSaysWhatItIs() {
    Set<String> unmarked = new TreeSet<>();
    Set<String> packages = new HashSet<>();
    MAIN.forEach(type -> packages.add(type.getPackageName()));
    for (String name : packages) {
      boolean marked =
          MAIN.contain(name + ".package-info")
              && MAIN.get(name + ".package-info").isAnnotatedWith(NullMarked.class);
      if (!marked) {
        unmarked.add(name);
      }
    }
    assertEquals(Set.of(), unmarked);
    assertTrue(packages.size() >= 9, packages::toString);
  }
}
