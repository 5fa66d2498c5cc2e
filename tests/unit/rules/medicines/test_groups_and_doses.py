from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.rules.medicines.doses import in_unit
from gateway.rules.medicines.groups import group_key, group_of, same_group
from gateway.rules.medicines.reference import ReferenceVersion
from schemas.medicines import DoseUnit, Medicine
from tests.support.programme import TODAY, medicine

MASSES = (DoseUnit.MICROGRAM, DoseUnit.MILLIGRAM, DoseUnit.GRAM)
amounts = st.decimals(min_value="0.000001", max_value="999999", places=6)
names = st.sampled_from(["enalapril", "Enalapril ", "losartan", "amoxicillin"])


def component(inn: str, strength: Decimal | str, unit: DoseUnit | str = "mg") -> dict[str, str]:
    return {"inn": inn, "strength": str(strength), "strength_unit": str(unit)}


@st.composite
def medicines(draw: st.DrawFn) -> Medicine:
    count = draw(st.integers(1, 3))
    substances = draw(st.lists(names, min_size=count, max_size=count, unique_by=lambda name: name.strip().casefold()))
    return medicine(
        components=[
            component(name.strip(), draw(st.sampled_from(["5", "10", "20"])), draw(st.sampled_from(DoseUnit)))
            for name in substances
        ],
        form_class=draw(st.sampled_from(["oral-solid", "Oral-Solid", "inhaled"])),
    )


@given(medicines(), medicines(), medicines())
def test_clause_36_a_generic_group_is_an_equivalence(one: Medicine, other: Medicine, third: Medicine) -> None:
    assert same_group(one, one)
    assert same_group(one, other) == same_group(other, one) == (group_key(one) == group_key(other))
    if same_group(one, other) and same_group(other, third):
        assert same_group(one, third)


@pytest.mark.clause("36")
@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"trade_name": "Эналаб", "pack_size": 20, "manufacturer": "Башка"}, True),
        ({"components": [component("enalapril", "20")]}, True),
        ({"components": [component("Enalapril", "0.01", "g")]}, True),
        ({"components": [component("losartan", "10")]}, False),
        ({"form_class": "injection"}, False),
        ({"components": [component("enalapril", "10", "ml")]}, False),
        ({"components": [component("enalapril", "10"), component("hydrochlorothiazide", "25")]}, False),
    ],
)
def test_clause_36_what_may_replace_a_medicine(changed: dict[str, object], same: bool) -> None:  # noqa: FBT001
    assert same_group(medicine(), medicine(**changed)) is same


@pytest.mark.clause("36")
def test_clause_36_a_combination_is_only_replaced_in_the_same_proportion() -> None:
    whole = medicine(components=[component("amoxicillin", "875"), component("clavulanic acid", "125")])
    half = medicine(components=[component("clavulanic acid", "62.5"), component("amoxicillin", "437.5")])
    other = medicine(components=[component("amoxicillin", "500"), component("clavulanic acid", "125")])
    assert same_group(whole, half)
    assert not same_group(whole, other)


@pytest.mark.clause("36")
def test_clause_36_a_version_knows_the_group_of_a_medicine() -> None:
    one, other = medicine(code="A"), medicine(code="B", trade_name="Эналаб")
    version = ReferenceVersion(1, TODAY, None, [one, other, medicine(code="C", form_class="injection")])
    assert [member.code for member in version.group_of(other)] == ["A", "B"]
    assert version.group_of(medicine(form_class="eye-drops")) == ()
    assert version.find("C") is not None
    assert version.find("D") is None
    assert group_of(one) == group_of(other)


@given(amounts, st.sampled_from(DoseUnit), st.sampled_from(DoseUnit))
def test_doses_are_compared_within_one_dimension(amount: Decimal, unit: DoseUnit, wanted: DoseUnit) -> None:
    there = in_unit(amount, unit, wanted)
    comparable = unit is wanted or (unit in MASSES and wanted in MASSES)
    assert (there is not None) is comparable
    if there is not None:
        assert in_unit(there, wanted, unit) == amount
