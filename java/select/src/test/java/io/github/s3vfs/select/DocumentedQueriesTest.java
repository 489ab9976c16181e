package io.github.s3vfs.select;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The queries of Ceph's document on S3 Select, in both dialects. */
class DocumentedQueriesTest {
  /** Columns with the names that the document uses, and numbers where it takes numbers. */
  private static final String ROWS =
      "customer-id,age,first_name,last_name,address,_6,_7,_8,_9\n"
          + "17,40,blonde!,ben,12 new-york st,ben,7,8,2\n"
          + "900,20,alder,ben,paris,x,7,8,3\n";

  private static String run(String query, String data, Dialect dialect) {
    return Queries.run(query, data, Queries.CSV.withDialect(dialect));
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void queriesOverNumbers(Dialect dialect) {
    String rows = "1,2,3,4,5,6,7,8,9\n20,0,100,4,10,6,7,8,9\n,7,101,4,500,6,7,8,9\n";
    assertEquals(
        "27\n180\nnull\n", run("select (int(_1)+int(_2))*int(_9) from s3object;", rows, dialect));
    assertEquals(
        "1", run("select count(*) from s3object where cast(_1 as int)%2 = 0;", rows, dialect));
    assertEquals(
        "1024\n1024\n1024\n", run("select cast(2^10 as int) from s3object;", rows, dialect));
    assertEquals(
        "20,0\n",
        run(
            "select _1,_2 from s3object where (int(_1)+int(_3))>int(_5) and int(_5) = 10;",
            rows,
            dialect));
    assertEquals(
        "3",
        run(
            "select count(*) from s3object where not (int(_1)>123 and int(_5)<200);",
            rows,
            dialect));
    assertEquals("0", run("select count(*) from s3object where null and (3>2);", rows, dialect));
    assertEquals(
        "0", run("select count(*) from s3object where (null+1) and (3>2);", rows, dialect));
    assertEquals("0", run("select count(*) from s3object where (null*1.5) != 3;", rows, dialect));
    assertEquals("1", run("select count(*) from s3object where _1 is null;", rows, dialect));
    assertEquals(
        "3",
        run(
            "select count(*) from s3object where (_1 > 12 and _2 = 0) is not null;",
            rows,
            dialect));
    assertEquals(
        "a\nc\nc\n",
        run(
            "select case cast(_1 as int) + 1 when 2 then \"a\" when 3  then \"b\" else \"c\" end from s3object;",
            rows,
            dialect));
    assertEquals(
        "1\n20\nnull\n",
        run("select nullif(cast(_1 as int),cast(_2 as int)) from s3object;", rows, dialect));
    assertEquals("1\n1\n1\n", run("select cast(123 as int)%2 from s3object;", rows, dialect));
    assertEquals(
        "1.4560000000000031\n".repeat(3),
        run("select cast(123.456 as float)%2 from s3object;", rows, dialect));
    assertEquals(
        "ABC0-9,0\n".repeat(3),
        run(
            "select cast('ABC0-9' as string),cast(substr('ab02cd',3,1) as int)*4  from s3object;",
            rows,
            dialect));
    assertEquals("true\n".repeat(3), run("select cast(5 as bool) from s3object;", rows, dialect));
    assertEquals(
        "2007-01-01T00:00:00+00:00\n".repeat(3),
        run(
            "select cast(substring('publish on 2007-01-01',12,10) as timestamp) from s3object;",
            rows,
            dialect));
    assertEquals(
        "1,4\n20,4\nnull,4\n", run("select int(_1),int( 1.2 + 3.4) from s3object;", rows, dialect));
    assertEquals("1.2\n".repeat(3), run("select float(1.2) from s3object;", rows, dialect));
    assertEquals(
        "1999-10-10T12:23:44Z\n".repeat(3),
        run("select to_timestamp('1999-10-10T12:23:44Z') from s3object;", rows, dialect));
    assertEquals("21", run("select sum(int(_1)) from s3object;", rows, dialect));
    assertEquals(
        "11.5",
        run("select avg(cast(_1 as float) + cast(_2 as int)) from s3object;", rows, dialect));
    assertEquals("5", run("select min( int(_1) * int(_5) ) from s3object;", rows, dialect));
    assertEquals("20,5", run("select max(float(_1)),min(int(_5)) from s3object;", rows, dialect));
    assertEquals(
        "1", run("select count(*) from s3object where (int(_1)+int(_3))>int(_5);", rows, dialect));
    assertEquals(
        "21,101,ef",
        run(
            "select sum(cast(_1 as int)), max(cast(_3 as int)), substring('abcdefghijklm',(2-1)*3+sum(cast(_1 as int))/sum(cast(_1 as int))+1, (count() + count(0))/count(0)) from s3object;",
            rows,
            dialect));
    assertEquals(
        "20,100,120\n",
        run(
            "select int(_1) as a1, int(_3) as a2 , (a1+a2) as a3 from s3object where a3>100 and a3<300;",
            rows,
            dialect));
    assertEquals("1", run("select count(*) from s3object where char_length(_3)=1;", rows, dialect));
    assertEquals(
        "2",
        run(
            "select count(*) from s3object where cast(_3 as int)>99 and cast(_3 as int)<1000;",
            rows,
            dialect));
    assertEquals(
        "1,2,3\n20,0,100\nnull,7,101\n",
        run("SELECT _1, _2, _3 FROM s3object LIMIT 10", rows, dialect));
    assertEquals(
        dialect == Dialect.CEPH ? "2,21" : "3,21",
        run("SELECT COUNT(*), SUM(CAST(_1 AS INT)) FROM s3object LIMIT 2", rows, dialect));
    assertEquals("20\n", run("select s._1 from s3object s where s._2 = '0';", rows, dialect));
    assertEquals("21", run("Select SUM(Cast(_1 as int)) FROM S3Object;", rows, dialect));
    assertEquals("3", run("select count(*) from s3object", rows, dialect));
    assertEquals("1", run("select count(0) from s3object where int(_1)<10;", rows, dialect));
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void queriesOverText(Dialect dialect) {
    SelectOptions options = Queries.HEADER.withDialect(dialect);
    assertEquals(
        "2",
        Queries.run(
            "select count(*) from s3object where 'ben' in (trim(_6),substring(_1,char_length(_1)-3,3),last_name);",
            ROWS,
            options));
    assertEquals(
        "2",
        Queries.run("select count(*) from s3object where first_name like '%de_';", ROWS, options));
    assertEquals(
        "1",
        Queries.run(
            "select count(*) from s3object where first_name like \"%de[r-s]\";", ROWS, options));
    assertEquals(
        "2",
        Queries.run(
            "select count(*) from s3object where  \"jok_ai\" like \"%#_ai\" escape \"#\";",
            ROWS, options));
    assertEquals(
        "false\n",
        Queries.run(
            "select (cast(age as int)>123 = true) from s3object where address like '%new-york%';",
            ROWS, options));
    assertEquals(
        "true,900\n",
        Queries.run(
            "select (_1 like \"_0_\") as likealias,_1 from s3object where likealias = true and cast(_1 as int) between 800 and 900;",
            ROWS,
            options));
    assertEquals(
        "case_else,80\ncase_else,40\n",
        Queries.run(
            "select case when (1+1=(2+1)*3) then 'case_1' when ((4*3)=(13)) then 'case_2' else 'case_else' end, int(age)*2 from s3object;",
            ROWS,
            options));
    assertEquals(
        "52\n32\n",
        Queries.run(
            "select coalesce(nullif(5,5),nullif(1,1.0),int(age)+12) from s3object;",
            ROWS,
            options));
    assertEquals(
        "foobar,foobar   ,   foobar,foobar,abcd12#$e\n".repeat(2),
        Queries.run(
            "select trim('   foobar   '), trim(leading from '   foobar   '), trim(trailing from '   foobar   '), trim(both '12' from  '1112211foobar22211122'), lower('ABcD12#$e') from s3object;",
            ROWS,
            options));
    assertEquals(
        "123456789,123456789\n".repeat(2),
        Queries.run(
            "select substring(\"123456789\" from -4), substring(\"123456789\" from 0 for 100) from s3object;",
            ROWS,
            options));
    assertEquals(
        "1",
        Queries.run(
            "select count(*) from s3object where substring(first_name,char_length(first_name),1) between \"!\" and trim(age) and substring(first_name,char_length(first_name)-1,1) = \"e\";",
            ROWS,
            options));
  }

  /**
   * As the document has it; its {@code age*2} and {@code age+12} are errors, as fields are text.
   */
  @ParameterizedTest
  @EnumSource(Dialect.class)
  void aColumnOfTheHeaderMayHaveAHyphen(Dialect dialect) {
    assertEquals(
        "17\n",
        Queries.run(
            "select customer-id from s3Object where age>30 and age<65;",
            ROWS,
            Queries.HEADER.withDialect(dialect)));
    for (String arithmetic : new String[] {"age*2", "age+12"}) {
      assertEquals(
          "TypeMismatch",
          Queries.failure(
                  () ->
                      Queries.run(
                          "select " + arithmetic + " from s3object",
                          ROWS,
                          Queries.HEADER.withDialect(dialect)))
              .code());
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void queriesOverTimestamps(Dialect dialect) {
    String rows =
        "1955-01-01T00:00:00Z,1955-03-02T00:00:00Z\n1961-02-03T04:05:06Z,1961-02-03T04:05:06Z\n";
    assertEquals(
        "1",
        run(
            "select count(*) from s3object where extract(year from to_timestamp(_2)) > 1950 and extract(year from to_timestamp(_1)) < 1960;",
            rows,
            dialect));
    assertEquals(
        "2",
        run(
            "select count(0) from s3object where date_diff(year,to_timestamp(_1),date_add(day,366, to_timestamp(_1))) = 1;",
            rows,
            dialect));
    assertEquals(
        "1",
        run(
            "select count(0) from s3object where date_diff(month,to_timestamp(_1),to_timestamp(_2)) = 2;",
            rows,
            dialect));
    assertEquals(
        "2",
        run(
            "select count(0) from s3object where date_diff(hours,utcnow(),date_add(day,1,utcnow())) = 24;",
            rows,
            dialect));
    assertEquals(
        "20090917-17:56:6\n".repeat(2),
        run(
            "select to_string( to_timestamp(\"2009-09-17T17:56:06.234567Z\"), \"yyyyMMdd-H:m:s\") from s3object;",
            rows,
            dialect));
    assertEquals(
        "1",
        run(
            "select count(0) from s3object where int(substring(_1,1,4))>1950 and int(substring(_1,1,4))<1960;",
            rows,
            dialect));
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void fieldsOfCsv(Dialect dialect) {
    SelectOptions options =
        Queries.CSV
            .withDialect(dialect)
            .withOutput(
                CsvOutput.DEFAULT.withDelimiters("}{", "\n").withQuoteFields(QuoteFields.NEVER));
    assertEquals("}{}{1}{}{2}{\n", Queries.run("select * from stdin", ",,1,,2,", options));
    assertEquals(
        "11}{22}{a,b,c,d}{last\n",
        Queries.run("select * from stdin", "11,22,\"a,b,c,d\",last", options));
    assertEquals(
        "11}{22}{str=\"abcd\",str2=\"123\"}{last\n",
        Queries.run(
            "select * from stdin", "11,22,str=\\\"abcd\\\"\\,str2=\\\"123\\\",last", options));
    assertEquals(
        "11}{22}{a=\"str,44,55,66\n",
        Queries.run("select * from stdin", "11,22,a=\"str,44,55,66\n", options));
  }

  /** AWS's document doubles the quotes around the T, which the grammar does not have. */
  @Test
  void lettersThatAreNotOfThePatternNeedNoQuotes() {
    assertEquals(
        "1969-07-20T20:18:00Z", Queries.value("to_string(`1969-07-20T20:18Z`, 'y-MM-ddTH:m:ssX')"));
    assertEquals(
        SelectError.PARSE_UNEXPECTED_TOKEN,
        Queries.failure(
                () -> Queries.value("to_string(`1969-07-20T20:18Z`, 'y-MM-dd''T''H:m:ssX')"))
            .error());
  }

  @Test
  void queriesOverJson() {
    String document =
        """
        {"firstName": "Joe", "age": "twenty", "address": {"city": "San Diego", "state": "CA"},
         "firstName": "Joe_2", "age": 21,
         "phoneNumbers": [{"type": "home1", "number": "734928_1"}, {"type": "home2", "number": "734928_2"}],
         "key_after_array": "XXX", "description": {"main_desc": "value_1", "second_desc": "value_2"}}
        """;
    for (Dialect dialect : List.of(Dialect.AWS, Dialect.CEPH)) {
      SelectOptions options = Queries.DOCUMENT.withDialect(dialect);
      assertEquals(
          "San Diego,CA\n",
          Queries.run(
              "SELECT _1.address.city, _1.address.state FROM s3object[*];", document, options));
      assertEquals(
          "home1,734928_1\nhome2,734928_2\n",
          Queries.run(
              "SELECT _1.type, _1.number FROM s3object[*].phoneNumbers;", document, options));
      assertEquals(
          "Joe_2,XXX,25,value_1,value_2\n",
          Queries.run(
              "select _1.firstname,_1.key_after_array,_1.age+4,_1.description.main_desc,_1.description.second_desc from s3object[*];",
              document,
              options));
      assertEquals(
          "7349280\n",
          Queries.run(
              "select cast(substring(_1.number,1,6) as int) *10 from s3object[*].phonenumbers where _1.type='home2';",
              document,
              options));
    }
  }
}
