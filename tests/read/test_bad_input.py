
"""Every kind of bad input that we know of: refused with its place, the reason and the fix, and with nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from netopt.errors import InputError
from netopt.read import read_tables, sheet
from tests.read.samples import GOOD, PERIODS, PRODUCTS, folder

if TYPE_CHECKING:
    from pathlib import Path

Files = Mapping[str, str | bytes | None]


@dataclass(frozen=True)
class Case:
    """Files that differ from the good network, and the one problem that they must bring."""

    name: str
    files: Files
    source: str
    row: int | None
    column: str | None
    message: str
    fix: str = ""


def cell(
    name: str,
    table: str,
    text: str | bytes,
    row: int | None,
    column: str | None,
    message: str,
    fix: str = "",
    also: Files | None = None,
) -> Case:
    """Return a case in which one file is replaced (and others added), and that file has the problem."""
    return Case(name, {**(also or {}), f"{table}.csv": text}, f"{table}.csv", row, column, message, fix)


def lanes_with(column: str, value: str) -> str:
    return f"origin,destination,{column}\nAcme,Reno,\nReno,Boise,{value}\n"


def number(name: str, value: str, message: str, fix: str) -> Case:
    """Return a case in which one cost of a lane is not a number."""
    return cell(name, "lanes", lanes_with("unit_cost", value), 3, "unit_cost", message, fix)


def lane(name: str, column: str, value: str, message: str, fix: str) -> Case:
    return cell(name, "lanes", lanes_with(column, value), 3, column, message, fix)


NUMBERS = [
    number("nan", "nan", '"nan" is not a number', "write a number, or leave it blank"),
    number("NaN", "NaN", '"NaN" is not a number', "leave it blank"),
    number("inf", "inf", '"inf" is not a number', "leave it blank"),
    number("minus infinity", "-Infinity", "not a number", "leave it blank"),
    number("overflow", "1e400", '"1e400" is too large', "smaller"),
    number("negative overflow", "-1e400", "too large", "smaller"),
    number("thousands", '"1,200"', '"1,200" is not a number', "write 1200 without a thousands separator (or 1.200 if"),
    number("thousands with blanks", "1 200", "not a number", "write 1200"),
    number("thousands with apostrophe", "1'200", "not a number", "write 1200"),
    number("millions", '"1,200,000.5"', "not a number", "write 1200000.5"),
    number("dollars", "$5", "not a number", "without the currency sign"),
    number("euros", "5 €", "not a number", "without the currency sign"),
    number("unit", "5 kg", "not a number", "write the number alone (the unit is money/unit)"),
    number("percent", "5%", "not a number", "write 0.05 for 5%"),
    number("underscore", "1_000", "not a number", "write 1000 without underscores"),
    number("arabic digits", "١٢", "not a number", "digits 0 to 9"),
    number("full width digits", "１２", "not a number", "digits 0 to 9"),
    number("hexadecimal", "0x10", "not a number", "decimal digits"),
    number("word", "cheap", "not a number", "such as 12.5"),
    number("double sign", "--5", "not a number", "write a number"),
    number("exponent alone", "1e", "not a number", "write the number alone"),
    number("two points", "1.2.3", "not a number", "write the number alone"),
    number("decimal comma", '"1,5"', "not a number", "write 1.5 with a decimal point"),
    number("european thousands", '"1.200,50"', "not a number", "write 1200.50 with a decimal point"),
    number("formula", "=A1", "not a number", "not the formula"),
    number("formula error", "#REF!", "not a number", "mend the formula"),
    number("not available", "NA", "not a number", "leave it blank"),
    number("yes", "yes", "not a number", "write a number"),
    number("negative", "-5", "-5 is negative", "use 0 or more, or leave it blank"),
    number("negative small", "-1e-9", "-1e-9 is negative", "use 0 or more"),
    lane("negative capacity", "capacity", "-5", "-5 is negative", "use 0 or more, or leave it blank for no limit"),
    lane("zero vehicle", "vehicle_capacity", "0", "0 is not above 0", "above 0"),
    lane("negative vehicle", "vehicle_capacity", "-1", "-1 is negative", "above 0"),
    lane("half a period", "lead_periods", "0.5", "0.5 is not a whole number", "whole number, 0 or more"),
    lane("negative period", "lead_periods", "-1", "-1 is negative", "0 or more, or leave it blank for 0"),
    cell("percent as share", "demand", "customer,quantity,promise_days,promise_share\nBoise,1,2,95\n", 2, "promise_share",
         "95 is more than 1", "write 0.95 for 95%"),
    cell("latitude", "customers", "name,latitude,longitude\nBoise,91,0\n", 2, "latitude", "91 is not a latitude", "-90 to 90"),
    cell("longitude", "customers", "name,latitude,longitude\nBoise,0,-181\n", 2, "longitude", "-181 is not a longitude", "-180"),
    cell("latitude nan", "customers", "name,latitude,longitude\nBoise,nan,0\n", 2, "latitude", '"nan"', ""),
    cell("quantity tbd", "demand", "customer,quantity,period\nBoise,1,\nBoise,tbd,2027-01\n", 3, "quantity", '"tbd" is not a number',
         "the column needs one", PERIODS),
]  # fmt: skip

WORDS = [
    cell("unknown type", "facilities", "name,type\nAcme,suplier\nReno,fc\n", 2, "type", '"suplier" is not one of supplier, plant',
         "did you mean supplier?"),
    cell("type far off", "facilities", "name,type\nAcme,supplier\nReno,zzz\n", 3, "type", '"zzz"', "write supplier, plant, dc"),
    lane("status", "status", "shut", '"shut" is not one of open or closed', "write open or closed"),
    lane("unit of capacity", "capacity_unit", "pallets", '"pallets" is not one of units, volume or weight', ""),
    cell("yes or no", "customers", "name,single_source\nBoise,maybe\n", 2, "single_source", '"maybe" is neither yes nor no', "write yes or no"),
    cell("date", "periods", "name,start\np1,1/2/2027\n", 2, "start", '"1/2/2027" is not a date', "2027-01-31"),
    cell("compact date", "periods", "name,start\np1,20270102\n", 2, "start", "not a date", "2027-01-31"),
    cell("no such day", "periods", "name,start\np1,2027-02-30\n", 2, "start", "not a day of the calendar", "correct"),
    cell("blank required", "demand", "customer,quantity\n,3\nBoise,5\n", 2, "customer", "blank", "fill it in"),
    cell("blank quantity", "demand", "customer,product,quantity\nBoise,tea,5\nBoise,milk,\n", 3, "quantity", "blank", "fill it in", PRODUCTS),
    cell("blank type", "facilities", "name,type\nAcme,supplier\nReno,\n", 3, "type", "blank", "supplier, plant, dc"),
    cell("bidi override", "customers", "name\nBoise\nA\u202eB\n", 3, "name", "invisible character in it (U+202E, right-to-left override)", "type"),
    cell("bidi isolate", "customers", "name\nBoise\nA\u2066B\n", 3, "name", "U+2066", "type"),
    cell("zero width", "customers", "name\nBoise\nA\u200bB\n", 3, "name", "U+200B, zero width space", "type"),
    cell("byte order mark inside", "customers", "name\nBoise\nA\ufeffB\n", 3, "name", "U+FEFF", "type"),
    cell("control", "customers", "name\nBoise\nA\x07B\n", 3, "name", "U+0007, a control character", "type"),
    cell("escape sequence", "customers", "name\nBoise\nA\x1b[31mB\n", 3, "name", "U+001B", "type"),
    cell("line break", "customers", 'name\nBoise\n"A\nB"\n', 3, "name", "line break", "one line"),
    cell("line separator", "customers", "name\nBoise\nA\u2028B\n", 3, "name", "line break", "one line"),
    cell("tab", "customers", "name\nBoise\nA\tB\n", 3, "name", "tab", "space"),
    cell("long name", "customers", "name\nBoise\n" + "x" * 201 + "\n", 3, "name", "201 characters", "at most 200"),
    cell("long mode", "lanes", lanes_with("mode", "x" * 201), 3, "mode", "201 characters", "at most 200"),
    cell("bidi in free text", "customers", "name,channel\nBoise,\u202estore\n", 2, "channel", "U+202E", ""),
]  # fmt: skip

KEYS = [
    cell("facility twice", "facilities", "name,type\nAcme,supplier\nReno,fc\nReno,fc\n", 4, "name", '"Reno" stands in row 3 already', "rename"),
    cell("differs in case", "facilities", "name,type\nAcme,supplier\nReno,fc\nRENO,fc\n", 4, "name", "row 3 already", "without regard to case"),
    cell("differs in blanks", "customers", "name\nBoise\n Boise \n", 3, "name", "row 2 already", "rename"),
    cell("differs in composition", "customers", "name\nBoise\nCafé\nCafe\u0301\n", 4, "name", "row 3 already", "rename"),
    cell("sharp s", "customers", "name\nBoise\nStraße\nSTRASSE\n", 4, "name", "row 3 already", "rename"),
    cell("facility and customer", "customers", "name\nBoise\nreno\n", 3, "name", '"reno" is a facility too, in facilities.csv row 3', "name of its own"),
    cell("lane twice", "lanes", "origin,destination,mode\nAcme,Reno,\nReno,Boise,ground\nreno,BOISE,Ground\n", 4, None,
         'the same origin "reno", destination "BOISE", mode "Ground" as in row 3', "keep one"),
    cell("demand twice", "demand", "customer,quantity\nBoise,1\nBoise,2\n", 3, "customer", "row 2 already", ""),
    cell("demand of a period twice", "demand", "customer,period,quantity\nBoise,2027-01,1\nBoise,2027-01,2\n", 3, None,
         'the same customer "Boise", period "2027-01" as in row 2', "keep one", PERIODS),
    cell("product twice", "products", "name\ntea\nTea\n", 3, "name", "row 2 already", ""),
    cell("period twice", "periods", "name\np1\np1\n", 3, "name", "row 2 already", ""),
    cell("setting twice", "settings", "key,value\nhorizon_days,30\nHorizon Days,31\n", 3, "key", "row 2 already", ""),
    cell("group member twice", "groups", "name,member\nWest,Reno\nwest,reno\n", 3, None, "as in row 2", "keep one"),
]  # fmt: skip

REFERENCES = [
    cell("unknown origin", "lanes", "origin,destination\nAcme,Reno\nRenoo,Boise\n", 3, "origin", '"Renoo" is not a known facility', "did you mean Reno?"),
    cell("unknown destination", "lanes", "origin,destination\nAcme,Reno\nReno,Boisey\n", 3, "destination",
         '"Boisey" is not a known facility or customer', "did you mean Boise?"),
    cell("nothing like it", "lanes", "origin,destination\nAcme,Reno\nReno,Qqqqqq\n", 3, "destination", "not a known", "add it to facilities or customers"),
    cell("unknown customer", "demand", "customer,quantity\nBoise,1\nBiose,1\n", 3, "customer", '"Biose" is not a known customer', "did you mean Boise?"),
    cell("facility as customer", "demand", "customer,quantity\nBoise,1\nReno,1\n", 3, "customer", '"Reno" is a facility, not a customer', "name a customer"),
    cell("customer ships", "lanes", "origin,destination\nAcme,Reno\nReno,Boise\nBoise,Reno\n", 4, "origin", "customers cannot ship", "name a facility"),
    cell("unknown product", "demand", "customer,product,quantity\nBoise,coffee,1\n", 2, "product", '"coffee" is not a known product', "add it to products", PRODUCTS),
    cell("unknown period", "demand", "customer,period,quantity\nBoise,2027-03,1\n", 2, "period", '"2027-03" is not a known period', "did you mean 2027-0", PERIODS),
    cell("unknown supplier", "supply", "facility,capacity\nAcmee,5\n", 2, "facility", '"Acmee" is not a known facility', "did you mean Acme?"),
    cell("unknown stock place", "inventory", "facility\nNowhere\n", 2, "facility", "not a known facility", ""),
    cell("unknown handling place", "handling", "facility,unit_cost\nRen,1\n", 2, "facility", "not a known facility", "did you mean Reno?"),
    cell("two products unsaid", "demand", "customer,product,quantity\nBoise,tea,1\nBoise,milk,1\n", 3, "product",
         '"milk" is a second product beside "tea", and there is no products table', "add a table products"),
    cell("period unsaid", "demand", "customer,period,quantity\nBoise,2027-01,1\n", 2, "period", "there is no periods table", "names alone do not say it"),
    cell("unknown member", "groups", "name,member\nWest,Ren\n", 2, "member", '"Ren" is not a known facility, customer, product or period', "did you mean Reno?"),
    cell("mixed group", "groups", "name,member\nWest,Reno\nWest,Boise\n", 3, "member", 'mixes kinds: "Reno" is a facility and "Boise" a customer', "one group per kind"),
    cell("group named like a place", "groups", "name,member\nReno,Acme\n", 2, "name", "has the name of a facility", "name of its own"),
    cell("group named like a period", "groups", "name,member\n2027-01,Acme\n", 2, "name", "has the name of a period", "own", PERIODS),
    cell("group of groups", "groups", "name,member\nWest,Reno\nAll,West\n", 3, "member", '"West" is a group itself', "list its members"),
    cell("group without members", "groups", "name,member\nWest,Reno\nEast,\n", 3, "member", "blank", "fill it in"),
    cell("group unclear", "groups", "name,member\nG,tea\n", 2, "member", "not clear what the group", "different names",
         {"products.csv": "name\ntea\n", "facilities.csv": "name,type\nAcme,supplier\nReno,fc\ntea,fc\n"}),
    cell("group of the wrong kind", "demand", "customer,quantity\nBoise,1\nWest,1\n", 3, "customer", '"West" is a group of facilities, not a customer', "",
         {"groups.csv": "name,member\nWest,Reno\n"}),
    cell("customer group ships", "lanes", "origin,destination\nAcme,Reno\nReno,Boise\nAll,Reno\n", 4, "origin", "a group of customers, and customers cannot ship", "",
         {"groups.csv": "name,member\nAll,Boise\n"}),
    cell("limit somewhere unknown", "limits", "what,where,at_most\nflow,Rano,5\n", 2, "where", "not a known facility or customer", "did you mean Reno?"),
    cell("limit on a product group", "limits", "what,where,at_most\nflow,Drinks,5\n", 2, "where", "a group of products", "",
         {**PRODUCTS, "groups.csv": "name,member\nDrinks,tea\n"}),
    cell("limit in an unknown region", "limits", "what,region,at_most\nopen_sites,Wast,5\n", 2, "region", 'no facility has this region: "Wast"', "did you mean West?",
         {"facilities.csv": "name,type,region\nAcme,supplier,West\nReno,fc,West\n"}),
    cell("limit on an unknown mode", "limits", "what,mode,at_most\nflow,air,5\n", 2, "mode", 'no lane or rate has this mode: "air"', "correct"),
    cell("rate to nowhere", "rates", "origin,destination,base_cost\nReno,Bose,1\n", 2, "destination", "not a known", "did you mean Boise?"),
]  # fmt: skip

ROWS = [
    cell("self loop", "lanes", "origin,destination\nAcme,Reno\nReno,Boise\nReno,reno\n", 4, "destination", 'from "Reno" to itself', "correct one end"),
    cell("group loop", "lanes", "origin,destination\nAcme,Reno\nReno,Boise\nWest,Reno\n", 4, "destination", "from a place to itself", "no member in common",
         {"groups.csv": "name,member\nWest,Reno\n"}),
    cell("loop of two groups", "lanes", "origin,destination\nAcme,West\nWest,Boise\nAll,West\n", 4, "destination", "from a place to itself", "no member in common",
         {"groups.csv": "name,member\nWest,Reno\nAll,Acme\nAll,Reno\n"}),
    cell("min above capacity", "facilities", "name,type,capacity,min_throughput\nAcme,supplier,,\nReno,fc,100,200\n", 3, "min_throughput",
         "200 is more than capacity, 100", "lower min_throughput or raise capacity"),
    cell("min flow above capacity", "lanes", "origin,destination,capacity,min_flow\nAcme,Reno,,\nReno,Boise,5,6\n", 3, "min_flow", "6 is more than capacity, 5", ""),
    cell("min supply above capacity", "supply", "facility,capacity,min_quantity\nAcme,5,6\n", 2, "min_quantity", "6 is more than capacity, 5", ""),
    cell("min stock above max", "inventory", "facility,min_stock,max_stock\nReno,6,5\n", 2, "min_stock", "6 is more than max_stock, 5", ""),
    cell("safety stock above max", "inventory", "facility,safety_stock,max_stock\nReno,6,5\n", 2, "safety_stock", "more than max_stock", ""),
    cell("handling min above capacity", "handling", "facility,min_throughput,capacity\nReno,6,5\n", 2, "min_throughput", "more than capacity", ""),
    cell("vehicle cost alone", "lanes", lanes_with("vehicle_cost", "5"), 3, "vehicle_cost", "no vehicle_capacity", "fill in"),
    cell("rate per vehicle", "rates", "origin,base_cost,per\nReno,5,vehicle\n", 2, "per", "no vehicle_capacity", "fill in"),
    cell("rate type differs", "rates", "origin,origin_type,base_cost\nReno,supplier,5\n", 2, "origin", '"Reno" is not of the type "supplier"', "not both"),
    cell("rate destination differs", "rates", "origin,destination,destination_type,base_cost\nReno,Boise,fc,5\n", 2, "destination", 'not of the type "fc"', "not both"),
    cell("weight band", "rates", "origin,weight_from,weight_to,base_cost\nReno,5,5,1\n", 2, "weight_to", "the band from 5 to 5 is empty", "more than weight_from"),
    cell("distance band", "rates", "origin,distance_to,base_cost\nReno,0,1\n", 2, "distance_to", "from 0 to 0 is empty", ""),
    cell("limit upside down", "limits", "what,at_least,at_most\nopen_sites,5,2\n", 2, "at_least", "5 is more than at_most, 2", "lower"),
    cell("limit of nothing", "limits", "what,where\nflow,Reno\n", 2, None, "no number", "at_least, at_most"),
    cell("sites by product", "limits", "what,product,at_most\nopen_sites,tea,2\n", 2, "product", "open_sites counts sites", "limit flow", PRODUCTS),
    cell("sites at customers", "limits", "what,where,at_most\nopen_sites,Boise,2\n", 2, "where", "not a facility", "name a facility"),
    cell("limit unknown", "limits", "what,at_most\nemissions,2\n", 2, "what", '"emissions" is not one of', "write open_sites, open_periods or flow"),
    cell("latitude alone", "customers", "name,latitude,longitude\nBoise,43.6,\n", 2, "latitude", "a latitude without a longitude", "fill in the longitude"),
    cell("longitude alone", "facilities", "name,type,latitude,longitude\nAcme,supplier,,5\nReno,fc,1,1\n", 2, "longitude", "a longitude without", "latitude"),
    cell("type by period", "facilities", "name,period,type\nAcme,,supplier\nReno,,fc\nReno,2027-01,dc\n", 4, "type",
         '"dc" differs from row 3, where it is "fc"', "state it in row 3 alone", PERIODS),
    cell("unit by period", "facilities", "name,period,type,capacity_unit\nAcme,,supplier,\nReno,,fc,\nReno,2027-01,,weight\n", 4, "capacity_unit",
         "where it is blank", "state it in row 3", PERIODS),
    cell("lane unit by period", "lanes", "origin,destination,period,capacity_unit\nAcme,Reno,,\nReno,Boise,,units\nReno,Boise,2027-01,weight\n", 4,
         "capacity_unit", "may not change by period", "", PERIODS),
    cell("periods only", "facilities", "name,period,type\nAcme,,supplier\nReno,2027-01,fc\n", 3, "period", '"Reno" has rows for periods only', "blank period", PERIODS),
    cell("periods backwards", "periods", "name,start\np1,2027-02-01\np2,2027-01-01\n", 3, "start", "2027-01-01 is not after 2027-02-01 in row 2", "order"),
    cell("nobody wants anything", "demand", "customer,quantity\nBoise,0\n", None, "quantity", "no customer wants anything", "above 0"),
    cell("stock at a closed site", "inventory", "facility,initial\nReno,5\n", 2, "initial", '"Reno" is closed in the first period', "open it",
         {"facilities.csv": "name,type,status\nAcme,supplier,\nReno,fc,closed\n"}),
    cell("initial stock too late", "inventory", "facility,period,initial\nReno,2027-02,5\n", 2, "initial", "the row of a later one", "blank", PERIODS),
    cell("setting unknown", "settings", "key,value\nhorizon_dys,5\n", 2, "key", '"horizon_dys" is not a setting', "did you mean horizon_days?"),
    cell("setting of a word", "settings", "key,value\nhorizon_days,long\n", 2, "value", '"long" is not a number', ""),
    cell("setting of zero", "settings", "key,value\nhorizon_days,0\n", 2, "value", "not above 0", ""),
    cell("setting choice", "settings", "key,value\ndistance_unit,miles\n", 2, "value", '"miles" is not one of km or mi', "write km or mi"),
    cell("currency", "settings", "key,value\ncurrency,thousands of dollars\n", 2, "value", "longer than 12", "USD"),
    cell("not modelled column", "products", "name,shelf_life_days\ntea,5\n", 2, "shelf_life_days", "not modelled by this version", "remove it"),
    cell("not modelled table", "recipes", "output_product,input_product,quantity\ntea,leaf,5\n", 2, None, "recipes is not modelled by this version", "remove the table"),
    cell("steps", "steps", "on,name\nfacility,Reno\n", 2, None, "steps is not modelled", "remove"),
    cell("expansions", "expansions", "facility,cost\nReno,5\n", 2, None, "expansions is not modelled", "remove"),
    cell("returns", "returns", "customer,rate\nBoise,0.5\n", 2, None, "returns is not modelled", "remove"),
]  # fmt: skip

HEADERS = [
    cell("misspelled column", "lanes", "origin,destination,unit_cots\nAcme,Reno,1\nReno,Boise,2\n", 1, "unit_cots", '"unit_cots" is not a column of lanes', "did you mean unit_cost?"),
    cell("column of nothing", "lanes", "origin,destination,qqqqqq\nAcme,Reno,1\nReno,Boise,2\n", 1, "qqqqqq", "not a column of lanes", "start its name with x_"),
    cell("unknown blank column", "lanes", "origin,destination,capasity\nAcme,Reno,\nReno,Boise,\n", 1, "capasity", "not a column", "did you mean capacity?"),
    cell("header twice", "lanes", "origin,destination,unit_cost,unit_cost\nAcme,Reno,1,1\nReno,Boise,2,2\n", 1, "unit_cost", "appears twice", "keep one"),
    cell("header under two names", "lanes", "origin,from,destination\nAcme,Acme,Reno\nReno,Reno,Boise\n", 1, "from", 'means the same as "origin"', "keep one"),
    cell("column without a header", "lanes", "origin,destination,\nAcme,Reno,5\nReno,Boise,\n", 1, None, "without a header", "give it a header"),
    cell("column missing", "demand", "customer,price\nBoise,1\n", None, None, "demand needs a column quantity", "add it"),
    cell("column of names missing", "customers", "latitude,longitude\n1,1\n", None, None, "customers needs a column name", "add it"),
]  # fmt: skip

FILES = [
    cell("field too many", "lanes", "origin,destination,unit_cost\nAcme,Reno,1\nReno,Boise,2,3\n", 3, None, "has 4 fields but the header has 3 columns", "quotes"),
    cell("field too few", "lanes", "origin,destination,unit_cost\nAcme,Reno\nReno,Boise,2\n", 2, None, "has 2 fields but", "quotes"),
    cell("comma in a name", "customers", "name,latitude,longitude\nBoise,43.6,-116.2\nPortland, OR,45.5,-122.7\n", 3, None, "4 fields", "quotes"),
    cell("open quote", "customers", 'name\nBoise\n"Salt Lake\nElko\n', 3, None, "never closed", "close the quote"),
    cell("text after a quote", "customers", 'name\nBoise\n"Salt" Lake\n', 3, None, "text after a closing quote", "quotes"),
    cell("NUL", "customers", "name\nBoise\nA\0B\n", 3, None, "NUL byte at byte 12", "not text"),
    cell("latin 1", "customers", "name\nBoise\nCaf\u00e9\n".encode("latin-1"), 3, None, "byte 14 (0xe9) is not UTF-8", "CSV UTF-8"),
    cell("cut inside a character", "customers", "name\nBoise\nCaf\u00e9".encode()[:-1], 3, None, "ends inside a character", "CSV UTF-8"),
    cell("UTF-16", "customers", "name\nBoise\n".encode("utf-16"), None, None, "UTF-16", "CSV UTF-8"),
    cell("UTF-16 without a mark", "customers", ("name\n" + "Boise\n" * 20).encode("utf-16-le"), 1, None, "UTF-16 without a mark", "CSV UTF-8"),
    cell("workbook called csv", "customers", b"PK\x03\x04rest", None, None, "a workbook, not CSV", ".xlsx"),
    cell("parquet called csv", "customers", b"PAR1rest", None, None, "Parquet, not CSV", ".parquet"),
    cell("picture called csv", "customers", b"\x89PNG\r\n\x1a\n\xff\x01", 1, None, "byte 0 (0x89) is not UTF-8", ""),
    cell("empty", "customers", "", None, None, "nothing in the file", "header row"),
    cell("blank lines only", "customers", "\n \n,,\n", None, None, "nothing in the file", "header row"),
    cell("header only", "customers", "name\n", None, None, "the table customers has no rows", "at least one row"),
    cell("header and blank rows", "demand", "customer,quantity\n,\n\n", None, None, "demand has no rows", ""),
    cell("semicolons and decimal commas", "lanes", "origin;destination;unit_cost\nAcme;Reno;1,5\nReno;Boise;2\n", 2, "unit_cost", '"1,5" is not a number', "write 1.5 with a decimal point"),
    Case("table twice", {"transportation.csv": GOOD["lanes.csv"]}, "transportation.csv", None, None,
         '"transportation.csv" and "lanes.csv" are both the table lanes', "keep one"),
    Case("unknown file", {"lains.csv": "a\n"}, "lains.csv", None, None, "not a table that netopt knows", "did you mean lanes?"),
    Case("unknown file of nothing", {"zzzzz.csv": "a\n"}, "zzzzz.csv", None, None, "not a table", "start its name with _"),
    Case("parquet damaged", {"products.parquet": b"PAR1 and then nothing"}, "products.parquet", None, None, "not readable as Parquet", "again"),
    Case("no customers", {"customers.csv": None}, "net", None, None, "there is no table customers", "add it"),
    Case("no facilities", {"facilities.csv": None}, "net", None, None, "there is no table facilities", "add it"),
    Case("no demand", {"demand.csv": None}, "net", None, None, "there is no table demand", "add it"),
    Case("no lanes", {"lanes.csv": None}, "net", None, None, "neither a table lanes nor a table rates", "add lanes"),
    Case("lanes without rows", {"lanes.csv": "origin,destination\n"}, "net", None, None, "neither a table lanes", "add lanes"),
]  # fmt: skip

CASES = NUMBERS + WORDS + KEYS + REFERENCES + ROWS + HEADERS + FILES


def test_there_are_many_kinds() -> None:
    assert len(CASES) >= 110
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_folder(case: Case, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_tables(folder(tmp_path, case.files))
    (problem,) = caught.value.problems
    assert (problem.source, problem.row, problem.column) == (case.source, case.row, case.column)
    assert case.message in problem.message
    assert case.fix in problem.fix
    assert problem.message[-1] not in ".;"
    assert problem.fix[-1] not in ".;?" or "did you mean" in problem.fix


STACKED_HEAD = "table,name,type,origin,destination,unit_cost,customer,quantity\n"
STACKED = (
    STACKED_HEAD
    + "facilities,Acme,supplier,,,,,\nfacilities,Reno,fc,,,,,\ncustomers,Boise,,,,,,\n"
    + "demand,,,,,,Boise,10\nlanes,,,Acme,Reno,1,,\nlanes,,,Reno,Boise,2,,\n"
)

STACKED_CASES = [
    ("unknown table", STACKED + "lains,,,Acme,Boise,2,,\n", 8, "table", '"lains" is not a table', "did you mean lanes?"),
    ("no table", STACKED + ",,,Acme,Boise,2,,\n", 8, "table", "does not say which table", "write the name"),
    ("stray cell", STACKED + "lanes,,,Acme,Boise,2,,7\n", 8, "quantity", '"7" stands in a row of lanes', "lanes has no such column"),
    ("stray cell near a column", STACKED.replace("quantity", "quantity,mod").replace("\n", ",\n").replace("mod,\n", "mod\n")
     + "lanes,,,Acme,Boise,2,,,air\n", 1, "mod", '"mod" is not a column of any table', "did you mean mode?"),
    ("header twice", STACKED.replace("\n", ",\n").replace("quantity,", "quantity,Unit Cost"), 1, "Unit Cost", "appears twice", "keep one"),
    ("negative", STACKED.replace("Reno,1", "Reno,-1"), 6, "unit_cost", "-1 is negative", "0 or more"),
    ("unknown place", STACKED.replace("lanes,,,Reno", "lanes,,,Rano"), 7, "origin", '"Rano" is not a known facility', "did you mean Reno?"),
    ("blank required", STACKED + "lanes,,,Acme,,2,,\n", 8, "destination", "blank", "fill it in"),
    ("extra field", STACKED + "lanes,,,Acme,Boise,2,,,\n", 8, None, "9 fields", "quotes"),
    ("no such column filled", STACKED.replace(",quantity", ",x_quantity"), None, None, "demand needs a column quantity", "add it"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "row", "column", "message", "fix"), STACKED_CASES, ids=[case[0] for case in STACKED_CASES]
)
def test_stacked(
    name: str, text: str, row: int | None, column: str | None, message: str, fix: str, tmp_path: Path
) -> None:
    path = tmp_path / "network.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_tables(path)
    (problem,) = caught.value.problems
    assert (problem.source, problem.row, problem.column) == ("network.csv", row, column)
    assert message in problem.message
    assert fix in problem.fix


def test_the_good_ones_are_good(tmp_path: Path) -> None:
    assert len(read_tables(folder(tmp_path))["lanes"]) == 2
    path = tmp_path / "network.csv"
    path.write_text(STACKED, encoding="utf-8")
    assert len(read_tables(path)["lanes"]) == 2


def test_everything_is_reported_at_once(tmp_path: Path) -> None:
    bad = {
        "lanes.csv": "origin,destination,unit_cost\nAcme,Nowhere,-1\nReno,Reno,abc\n",
        "demand.csv": "customer,quantity\nBoise,1e400\n",
        "settings.csv": "key,value\nhorizon,soon\n",
        "lains.csv": "",
    }
    with pytest.raises(InputError) as caught:
        read_tables(folder(tmp_path, bad))
    text = str(caught.value)
    assert text.startswith("7 problems in the input\n")
    for fragment in (
        'lanes.csv row 2, destination: "Nowhere" is not',
        "lanes.csv row 2, unit_cost: -1 is negative; use 0 or more, or leave it blank",
        "lanes.csv row 3, destination: the lane leads",
        'lanes.csv row 3, unit_cost: "abc"',
        'demand.csv row 2, quantity: "1e400"',
        'settings.csv row 2, value: "soon"',
        'lains.csv: "lains.csv" is not a table',
    ):
        assert fragment in text, text


def test_the_message_of_the_house_rules(tmp_path: Path) -> None:
    rows = "".join(f"Reno,Boise,m{i},5\n" for i in range(12))
    bad = {"lanes.csv": "origin,destination,mode,capacity\n" + rows + "Acme,Reno,,-5\n"}
    with pytest.raises(InputError) as caught:
        read_tables(folder(tmp_path, bad))
    expected = "lanes.csv row 14, capacity: -5 is negative; use 0 or more, or leave it blank for no limit"
    assert str(caught.value.problems[0]) == expected


def test_long_runs_are_counted(tmp_path: Path) -> None:
    rows = "".join(f"Reno,Boise,m{i},-1\n" for i in range(1_234))
    with pytest.raises(InputError) as caught:
        read_tables(folder(tmp_path, {"lanes.csv": "origin,destination,mode,unit_cost\n" + rows}))
    assert len(caught.value.problems) == 51
    assert caught.value.problems[-1].message.startswith("1,184 more rows have")


def test_keys_too_many_to_number_at_once_are_compared_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lanes = "origin,destination,mode,product\nAcme,Reno,air,\nAcme,Reno,rail,\nReno,Boise,air,\nacme,reno,RAIL,\n"
    path = folder(tmp_path, {"lanes.csv": lanes})
    monkeypatch.setattr(sheet, "_LARGEST", 1)
    with pytest.raises(InputError) as refused:
        read_tables(path)
    (problem,) = refused.value.problems
    assert (problem.row, problem.message) == (5, "the same origin \"acme\", destination \"reno\", mode \"RAIL\" as in row 3")
