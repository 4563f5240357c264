"""PACE against the worked examples of ICAO 9303-11: appendix G (generic mapping) and H (integrated), ECDH and DH."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.cards import tlv
from devices.cards.ciphers import Suite
from devices.cards.curves import CURVES, by_oid
from devices.cards.mrz import MrzKey
from devices.cards.pace import (
    ChipAnswer,
    Password,
    PasswordKind,
    open_with_pace,
    password_key,
    proves_chip,
    pseudo_random,
    token,
)
from devices.cards.secure_messaging import SessionKeys
from devices.cards.security_infos import Mapping, best_pace, parse, standardised
from tests.devices.cards.wires import Transcript

if TYPE_CHECKING:
    from collections.abc import Callable

BRAINPOOL = by_oid("1.3.36.3.3.2.8.1.1.7")
MODP = standardised(0)


def number(text: str) -> int:
    return int(text.replace(" ", ""), 16)


def octets(text: str) -> bytes:
    return bytes.fromhex(text)


def dealing(*scalars: int | bytes) -> Callable[[int], bytes]:
    """Random bytes from which exactly these secrets are made."""
    left = list(scalars)

    def deal(size: int) -> bytes:
        dealt = left.pop(0)
        return dealt if isinstance(dealt, bytes) else (dealt - 1).to_bytes(size, "big")

    return deal


def test_the_first_example_byte_for_byte() -> None:
    infos = parse(octets("31143012060A04007F0007020204020202010202010D"))
    choice = best_pace(infos)
    assert choice is not None
    assert choice.resolved() == (Mapping.GENERIC, Suite.AES128, BRAINPOOL)
    wire = Transcript(
        [
            ("0022C1A40F 800A04007F00070202040202 830101", "9000"),
            ("1086000002 7C00 00", "7C128010 95A3A016522EE98D01E76CB6B98B42C3 9000"),
            (
                (
                    "1086000045 7C438141 04 7ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E"
                    "544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D 00"
                ),
                (
                    "7C438241 04 824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F57"
                    "30D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C54 9000"
                ),
            ),
            (
                (
                    "1086000045 7C438341 04 2DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C"
                    "3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB36462 00"
                ),
                (
                    "7C438441 04 9E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB"
                    "7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F094 9000"
                ),
            ),
            ("008600000C 7C0A8508 C2B0BD78D94BA866 00", "7C0A8608 3ABB9674BCE93C08 9000"),
        ]
    )
    session = open_with_pace(
        wire,
        choice,
        Password.of_mrz(MrzKey("T22000129", "640812", "101031")),
        dealing(
            number("7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99"),
            number("A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595"),
        ),
    )
    assert not wire.lines
    assert session.chip is None
    keys = SessionKeys(
        Suite.AES128, octets("F5F0E35C0D7161EE6724EE513A0D9A7F"), octets("FE251C7858B356B24514B3BD5F4297D1")
    )
    assert session.channel.keys == keys
    assert "F5F0" not in repr(session).upper()


def test_the_print_of_the_example_gives_its_password_key() -> None:
    password = Password.of_mrz(MrzKey("T22000129", "640812", "101031"))
    assert password.secret == octets("7E2D2A41C74EA0B38CD36F863939BFA8E9032AAD")
    assert password_key(Suite.AES128, password) == octets("89DED1B26624EC1E634C1989302849DD")
    assert "7e2d" not in repr(password)
    assert "500540" not in repr(Password.of_digits(PasswordKind.CAN, "500540"))


DH_TERMINAL_T = octets(
    "00907D89E2D425A178AA81AF4A7774EC8E388C115CAE67031E85EECE520BD911551B9AE4D04369F29A02626C86FBC6747CC7BC352645B616"
    "1A2A42D44EDA80A08FA8D61B76D3A154AD8A5A51786B0BC07147057871A922212C5F67F43173172236B7747D1671E6D692A3C7D40A0C3C5C"
    "E397545D015C175EB5130551EDBC2EE5D4"
)[1:]
DH_CHIP_MAPPING = octets(
    "78879F57225AA8080D52ED0FC890A4B25336F699AA89A2D3A189654AF70729E623EA5738B26381E4DA19E004706FACE7B235C2DBF2F38748"
    "312F3C98C2DD4882A41947B324AA1259AC22579DB93F7085655AF30889DBB845D9E6783FE42C9F2449400306254C8AE8EE9DD812A804C0B6"
    "6E8CAFC14F84D8258950A91B44126EE6"
)
DH_CHIP_KEY = octets(
    "075693D9AE941877573E634B6E644F8E60AF17A0076B8B123D9201074D36152BD8B3A213F53820C42ADC79AB5D0AEEC3AEFB91394DA476BD"
    "97B9B14D0A65C1FC71A0E019CB08AF55E1F729005FBA7E3FA5DC41899238A250767A6D46DB974064386CD456743585F8E5D90CC8B4004B1F"
    "6D866C79CE0584E49687FF61BC29AEA1"
)
DH_OUR_MAPPING = octets(
    "23FB3749EA030D2A25B278D2A562047ADE3F01B74F17A15402CB7352CA7D2B3EB71C343DB13D1DEBCE9A3666DBCFC920B49174A602CB4796"
    "5CAA73DC702489A44D41DB914DE9613DC5E98C94160551C0DF86274B9359BC0490D01B03AD54022DCB4F57FAD6322497D7A1E28D46710F46"
    "1AFE710FBBBC5F8BA166F4311975EC6C"
)


def test_the_example_over_numbers() -> None:
    infos = parse(octets("31143012060A04007F00070202040102020102020100"))
    choice = best_pace(infos)
    assert choice is not None
    assert choice.resolved() == (Mapping.GENERIC, Suite.AES128, MODP)

    def step(tag: int, value: bytes) -> str:
        return tlv.encode(0x7C, tlv.encode(tag, value)).hex()

    def command(tag: int, value: bytes) -> str:
        data = step(tag, value)
        return f"10860000{len(data) // 2:02X}{data}00"

    wire = Transcript(
        [
            ("0022C1A40F 800A04007F00070202040102 830101", "9000"),
            ("1086000002 7C00 00", "7C128010 854D8DF5827FA6852D1A4FA701CDDDCA 9000"),
            (command(0x81, DH_OUR_MAPPING), step(0x82, DH_CHIP_MAPPING) + "9000"),
            (command(0x83, DH_TERMINAL_T), step(0x84, DH_CHIP_KEY) + "9000"),
            ("008600000C 7C0A8508 B46DD9BD4D98381F 00", "7C0A8608 917F37B5C0E6D8D1 9000"),
        ]
    )
    session = open_with_pace(
        wire,
        choice,
        Password.of_mrz(MrzKey("T22000129", "640812", "101031")),
        dealing(number("5265030F751F4AD18B08AC565FC7AC952E41618D"), number("89CCD99B0E8D3B1F11E1296DCA68EC53411CF2CA")),
    )
    assert session.channel.keys.enc == octets("2F7F46ADCC9E7E521B45D192FAFA9126")
    assert session.channel.keys.mac == octets("805A1D27D45A5116F73C54469462B7D8")


def test_integrated_mapping_on_a_curve() -> None:
    nonce = Suite.AES128.decrypt(
        octets("591468CDA83D65219CCCB8560233600F"), bytes(16), octets("143DC40C08C8E891FBED7DEDB92B64AD")
    )
    assert nonce == octets("2923BE84E16CD6AE529049F1F1BBE9EB")
    start = pseudo_random(Suite.AES128, nonce, octets("5DD4CBFC96F5453B130D890A1CDBAE32"), BRAINPOOL.bits)
    assert start == number(
        "E4447E2DFB3586BAC05DDB00156B57FBB2179A3949294C97254189800C517BAA8DA0FF397ED8C445D3E421E4FEB57322"
    )
    generator = BRAINPOOL.integrated(start)
    assert generator == BRAINPOOL.point(
        number("8E82D31559ED0FDE92A4D0498ADD3C23BABA94FB77691E31E90AEA77FB17D427"),
        number("4C1AE14BD0C3DBAC0C871B7F3608169364437CA30AC243A089D3F266C1E60FAD"),
    )
    ours = number("A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595")
    our_key = BRAINPOOL.power(ours, generator)
    assert our_key[1:33] == octets("89CBA23FFE96AA18D824627C3E934E54A9FD0B87A95D1471DC1C0ABFDCD640D4")
    chip = BRAINPOOL.point(
        number("67F78E5F7F7686082B293E8D087E056916D0F74BC01A5F8957D0DE45691E51E8"),
        number("932B69A962B52A0985AD2C0A271EE6A13A8ADDDCD1A3A994B9DED257F4D22753"),
    )
    keys = SessionKeys.derived(Suite.AES128, BRAINPOOL.secret(BRAINPOOL.power(ours, chip)))
    assert keys.enc == octets("0D3FEB33251A6370893D62AE8DAAF51B")
    assert keys.mac == octets("B01E89E3D9E8719E586B50B4A7506E0B")
    protocol = "0.4.0.127.0.7.2.2.4.4.2"
    assert token(Suite.AES128, keys.mac, protocol, BRAINPOOL, chip) == octets("450F02B86F6A0909")
    assert token(Suite.AES128, keys.mac, protocol, BRAINPOOL, our_key) == octets("75D4D96E8D5B0308")


IM_CHIP = octets(
    "928D9A0F9DBA450F13FC859C6F290D1D36E42431138A4378500BEB4E0401854CFF111F71CB6DC1D0335807A11388CC8EAA87B07907AAD9FB"
    "A6B169AF6D8C26AF8DDDC39ADC3AD2E3FF882B84D23E9768E95A80E4746FB07A9767679FE92133B4D379935C771BD7FBED6C7BB4B1708B27"
    "5EA75679524CDC9C6A91370CC662A2F3"
)
IM_SECRET = number(
    "4BD0E54740F9A028E6A515BFDAF967848C4F5F5FFF65AA0915947FFD1A0DF2FA6981271BC905F3551457B7E03AC3B8066DE4AA406C1171FB"
    "43DD939C4BA16175103BA3DEE16419AA248118F90CC36A3D6F4C373652E0C3CCE7F0F1D0C5425B3600F0F0D6A67F004C8BBA33F2B4733C72"
    "52445C1DFC4F1107203F71D2EFB28161"
)
IM_OURS = octets(
    "0F0CC62945A8029251FB7EF3C094E12EC68E4EF07F27CB9D9CD04C5C4250FAE0E4F8A951557E929AEB48E5C6DD47F2F5CD7C351A9BD2CD72"
    "2C07EDE166770F08FFCB370262CF308DD7B07F2E0DA9CAAA1492344C852906919538C98A4BA4187E76CE9D87832386D319CE2E043C3343AE"
    "AE6EDBA1A9894DC5094D22F7FE1351D5"
)


def test_integrated_mapping_over_numbers() -> None:
    start = pseudo_random(
        Suite.AES128, octets("FA5B7E3E49753A0DB9178B7B9BD898C8"), octets("B3A6DB3C870C3E99245E0D1C06B747DE"), MODP.bits
    )
    generator = MODP.integrated(start)
    assert generator.hex().upper().startswith("1D7D767F11E333BCD6DBAEF40E799E7A926B96973550656FF3C83072")
    assert MODP.power(IM_SECRET, generator) == IM_OURS
    assert MODP.checked(IM_CHIP) == IM_CHIP
    keys = SessionKeys.derived(Suite.AES128, MODP.secret(MODP.power(IM_SECRET, IM_CHIP)))
    assert keys.enc == octets("01AFC10CF87BE36D8179E87370171F07")
    assert keys.mac == octets("23F0FBD05FD6C7B8B88F4C8309669061")
    protocol = "0.4.0.127.0.7.2.2.4.3.2"
    assert token(Suite.AES128, keys.mac, protocol, MODP, IM_CHIP) == octets("55D61977CBF5307E")
    assert token(Suite.AES128, keys.mac, protocol, MODP, IM_OURS) == octets("C2F04230187E1525")


def test_every_curve_maps_and_keeps_its_points() -> None:
    for curve in CURVES:
        assert curve.combine(curve.power(2), curve.power(3)) == curve.power(5)
        if curve.parameters.p % 4 == 3:
            assert curve.checked(curve.integrated(0x1234567890ABCDEF))


def test_a_chip_that_mapped_with_its_signed_key_is_proven() -> None:
    static = 0x1234567890ABCDEF1234567890ABCDEF
    mapping = 0xFEDCBA0987654321FEDCBA0987654321
    factor = mapping * pow(static, -1, BRAINPOOL.order) % BRAINPOOL.order
    answer = ChipAnswer(BRAINPOOL, BRAINPOOL.power(mapping), factor.to_bytes(32, "big"))
    assert proves_chip(answer, BRAINPOOL.power(static))
    assert not proves_chip(answer, BRAINPOOL.power(static + 1))
