package io.github.s3vfs.select;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which package may use which. */
class LayersTest {
  private static final String ROOT = "io.github.s3vfs.select";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void onlyTheSourceInS3AndTheTablesKnowTheLibrary() {
    noClasses()
        .that()
        .doNotHaveSimpleName("S3ObjectSource")
        .and()
        .doNotHaveSimpleName("Pinned")
        .and()
        .haveNameNotMatching(".*ApiException.*")
        .and()
        .doNotHaveSimpleName("S3SelectTables")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.github.s3vfs",
            "io.github.s3vfs.transfer",
            "io.github.s3vfs.table",
            "java.sql",
            "org.sqlite..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".internal.table")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.github.s3vfs.table.spi")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".internal.table")
        .and()
        .doNotHaveSimpleName("S3SelectTables")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".internal.table")
        .check(CLASSES);
  }

  @Test
  void readersDoNotKnowTheLanguageNorEachOther() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".internal.csv", ROOT + ".internal.json")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".internal.sql")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".internal.csv")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".internal.json")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".internal.json")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".internal.csv")
        .check(CLASSES);
  }

  @Test
  void expressionsKnowNeitherReadersNorTheLanguage() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".internal.eval", ROOT + ".internal.io")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ROOT + ".internal.sql", ROOT + ".internal.csv", ROOT + ".internal.json")
        .check(CLASSES);
  }

  @Test
  void theEngineKnowsNeitherTheApiNorItsFaces() {
    noClasses()
        .that()
        .resideInAnyPackage(
            ROOT,
            ROOT + ".internal.sql",
            ROOT + ".internal.csv",
            ROOT + ".internal.json",
            ROOT + ".internal.eval",
            ROOT + ".internal.io")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            ROOT + ".client",
            ROOT + ".server",
            ROOT + ".internal.events",
            "software.amazon..",
            "com.sun..")
        .check(CLASSES);
  }

  @Test
  void theFacesDoNotKnowEachOther() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".client")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".server")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".server", ROOT + ".internal.events")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".client")
        .check(CLASSES);
  }
}
