"""What is known about given names: which are names in their own right, which are short for which."""

from collections import defaultdict
from functools import cache

from nicknames import NickNamer

from martech.identity.names import loosened

# Beside the English ones of the `nicknames` package. The first of a line is what the others are short for.
SHORT_FORMS = """
aleksandr sasha sanya shura alex
aleksandra sasha ola alex
aleksei alyosha lyosha alex
anastasia nastya stasya
andreas andi andy
andrzej jedrek
anna anya ania annie
antonio toni tono nino
bartholomew bart
bernhard bernd
catalina cata
christian chris
christina tina chris
christoph chris
concepcion concha conchita
dmitri dima mitya
dolores lola
eduardo edu lalo
ekaterina katya katia
elena lena lenka
elisabeth lisa lisbeth elsa betti sissi
evgeni zhenya
fabian fabi
fernando nando
francesco cecco franco
francisco paco pancho curro kiko fran
frederik fred fredi
friedrich fritz
gabriel gabe gabi
galina galya
giovanni gianni vanni
giuseppe beppe peppe pino
grigori grisha
guillermo memo guille
gustav gus
heinrich heinz heini
ignacio nacho
ilya ilyusha
irina ira
isabel isa chabela
ivan vanya
jakob jack kuba
jan janek honza
jean-pierre jp jean
jesus chuy
joao joaozinho
johannes hans hannes jo
jose pepe chepe
joseph sepp beppo
juan juanito
katarina kaska katia kati
katarzyna kasia kaska
konstantin kostya
krzysztof krzysiek krzys
lorenzo renzo enzo
ludwig lutz
luis lucho
magdalena lena magda
malgorzata gosia
manuel manolo manu
margarethe grete gretel
margarita rita
maria masha mascha marusya maja
mariusz mario
matthias matze matthi
maximilian max maxi
michael micha michi
mikhail misha
mohammed mo
natalia natasha nata talia
nikolai kolya
nikolaus klaus niko
oleksandr sasha oleks
olga olya
pavel pasha
pietro piero
piotr piotrek
rafael rafa
roberto beto
salvatore toto turi
santiago santi
sebastian basti seb
sergei seryozha serge
stanislaw staszek stan
stefan steve
susanne susi sanne
svetlana sveta
tatiana tanya tanja
theodor theo
tomasz tomek
ulrich uli ulli
vasili vasya
victoria vika viki
viktor vitya vik
vladimir vova volodya vlad
waltraud traudl
wilhelm willi willy
wojciech wojtek
wolfgang wolf
yuri yura
xavier xavi
"""

# Given names in their own right: two of them that differ by a letter are two people, not a slip of the pen.
GIVEN = """
aaron ada adam adrian adriana agnes ahmed aiko aino akira alain alan albert alberto alejandra alejandro aleksandr aleksandra
alessandra alessandro alessia alessio alexander alexandra alexandre alexei alexia alexis alfonso alfred ali alice alicia alina
alison amanda amelia amelie amina amir amit amy ana anastasia anders andre andrea andreas andrei andres andrew andrzej angel
angela angelo anita anja ann anna anne annika anton antonia antonio antonin antoine antoinette anya arjun armin arne arthur
astrid ayse barbara bastian beata beatrice beatriz ben benedikt benjamin bernard bernd bernhard bianca bjorn bo boris brian
bruno camila camilla camille carina carl carla carlo carlos carmen carol carolina caroline catherine cecilia cedric celine
chantal charles charlotte chiara chloe christian christiane christina christine christoph christophe christopher claire clara
claude claudia claudine claudio clement colin conny cora cornelia cristian cristiana cristina dagmar daisuke dan dana daniel
daniela daniele danielle daria dario darius david davide dawn dean deborah denis denise diana diane diego dieter dietmar dirk
dmitri dominic dominik dominique don donna dora doris ebba eduard eduardo edward ekaterina elena eleanor eleonora elias elif
elin elina elisa elisabeth eliza elizabeth ella ellen elsa emil emilia emilie emily emma enrica enrico enrique eric erica erich
erik erika erin ernest ernst estelle esther eugen eugenia eva evelyn fabian fabiana fabio fabrice fatima federica federico
felicia felix ferdinand fernanda fernando filip filippo finn fiona flora florence florian franca francesca francesco francis
francisca francisco franco francois francoise frank franz fred frederic frederik frieda friedrich gabriel gabriela gabriele
gabriella gabrielle galina gary gemma georg george georgia georgina gerald gerard gerda gerhard gianna gianni gina giorgia
giorgio giovanna giovanni giulia giuliano giulio giuseppe giuseppina gloria gordon grace graham greta grit guido guillaume
gunnar gunter gustav hana hanna hannah hanne hannes hans harald haruki harry hassan heather heidi heike heiko heinrich heinz helen
helena helene helga helmut hendrik henri henrik henrike henry herbert hiroshi holger horst hugo ibrahim ida ilona ilse ina ines
ingo ingrid inka ion irena irene irina iris irma isabel isabella isabelle ivan ivana ivo ivy jacek jack jacob jacqueline jacques
jakob jakub james jan jana jane janet janina janine jasmin jason jasper javier jean jeanne jeff jens jeremy jessica joachim joan
joana joanna joao jochen joel johan johann johanna johannes john jonas jonathan jorg jorge jose josef josefa joseph josephine
josh joy juan juana judith julia julian juliana juliane julie julien juliette julio julius justin justine kai kaja karel karen
karin karina karl karla karolina kate katarina katarzyna katharina katherine kathrin kay keiko keith ken kenji kerstin kevin kim
kirsten klara klaus konrad kristian kristin kristina kurt lara larissa lars laura laurence laurent lea leah leila lena leo leon
leona leonard leonardo leonie leonor lidia lilian lilly lin lina linda lionel lisa liv liz lorena lorenz lorenza lorenzo lothar
louis louisa louise luca lucas lucia lucian luciana lucie lucien ludwig luigi luis luisa luise lukas lukasz luke lydia maciej
magda magdalena maik maja malin manfred manuel manuela mara marc marcel marcela marcelo marcin marco marcus margaret margarita
margot maria mariana mariano marie marika marina mario marion marisa marius mariusz mark marko markus marlene marta martha marten
martin martina martine mary mateo mateusz mathias mathilde mats matteo matthew matthias matthieu maurice maurizio max maxim
maximilian maxine maya megan mehmet mei melanie mia micaela michael michaela michal michel michela michele micheline michelle
miguel mika mikael mikhail mila milan milena miriam mohammed moira mona monica monika moritz muhammad mustafa nadia nadine nadja
natalia natalie natasha nathan nele nelson nick nico nicola nicolas nicole niels nikita niklas niko nikolai nikolaus nils nina noah
noel noelle nora norbert norman oksana olaf ole oleg olga oliver olivia olivier omar oscar oskar otto pablo paola paolo pascal
pascale patricia patrick patrik patrizia paul paula paulina pauline paulo pavel pedro peer pekka per peter petra philip philipp
philippa philippe pia pierre pietro piotr rachel radek rafael rafaela rainer ralf ralph ramon ramona raphael raphaela raul rebecca
regina reinhard rene renata renate renato rene ricarda ricardo richard rita robert roberta roberto robin rocio roger roland rolf
roman romana ron ronald rosa rosario rose ross roy ruben rudolf rui ruth ryan sabina sabine sabrina salma sam samir samuel samuela
sandra sandro sanjay sara sarah sascha saskia scott sean sebastian sebastien selma sergei sergio sharon sheila shirley sigrid silke
silvia silvio simon simona simone sofia sonia sonja sophia sophie stanislav stanislava stefan stefania stefanie stefano steffen
steffi stella stephan stephanie stephen steven stina sue sunil susan susana susanna susanne suzanne sven svetlana sybille sylvia
sylvie takeshi tamara tania tanja tara tariq tatiana ted teodor teodora teresa terry theo theodor theresa thomas tilda tim timo tina
tobias tom tomas tomasz toni tony torsten tove tristan udo ugo ulf ulla ulrich ulrika ulrike ursula uta ute uwe valentin valentina
valeria valerie valerio vanessa vera verena veronica veronika victor victoria vikram viktor viktoria vincent viola violeta viviana
vladimir volker walter wanda wei wendy werner wiebke wilhelm wilhelmina william wolfgang wojciech xavier yan yannick yasmin yuki
yuri yvan yves yvette yvonne zoe zofia zoltan
"""


@cache
def short_forms() -> dict[str, frozenset[str]]:
    """Loosened name → what it may be shortened to, loosened too."""
    namer = NickNamer()
    known: dict[str, set[str]] = defaultdict(set)
    for name in namer._nickname_lookup:
        known[loosened(name)].update(map(loosened, namer.nicknames_of(name)))
    for line in SHORT_FORMS.strip().splitlines():
        name, *shorts = line.split()
        known[loosened(name)].update(map(loosened, shorts))
    return {name: frozenset(shorts - {name}) for name, shorts in known.items()}


@cache
def given_names() -> frozenset[str]:
    """Loosened names that are nobody's misspelling."""
    shorts = short_forms()
    return frozenset(map(loosened, GIVEN.split())) | frozenset(shorts) | frozenset().union(*shorts.values())
